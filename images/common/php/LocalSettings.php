<?php
/**
 * The baked entry: the same in every image, never edited. It reads the bundle's pointer once per request, and requires
 * the settings from that bundle's own absolute path: no request sees two bundles, and a push needs no reload.
 */

require_once '/usr/local/lib/mwpipe/pointer.php';

if ( !defined( 'MWPIPE_BUNDLE' ) ) {
	define( 'MWPIPE_BUNDLE', mwpipeCurrentBundle() ?? '' );
}
if ( MWPIPE_BUNDLE === '' || !is_file( mwpipeBundleDir( MWPIPE_BUNDLE ) . '/LocalSettings.php' ) ) {
	http_response_code( 503 );
	header( 'Content-Type: text/plain; charset=utf-8' );
	header( 'Retry-After: 5' );
	print "No settings yet: this instance has no config bundle (push one with: mwpipe config push).\n";
	exit( 1 );
}
/** Where this bundle's static files are served, for $wgLogos and the like. */
defined( 'MWPIPE_STATIC' ) || define( 'MWPIPE_STATIC', '/static/' . MWPIPE_BUNDLE );

if ( PHP_SAPI !== 'cli' ) {
	header( 'X-Mwpipe-Bundle: ' . MWPIPE_BUNDLE );
	header( 'X-Mwpipe-Release: ' . getenv( 'MWPIPE_RELEASE' ) );
	header( 'X-Mwpipe-Slot: ' . getenv( 'MWPIPE_SLOT' ) );
	if ( mwpipePin()[1] !== null ) {
		header( 'X-Mwpipe-Bundle-Pin: ignored: ' . mwpipePin()[1] );
	}
	// What canaries are compared by where no router counts: see agent.php. Fatal errors end here too.
	register_shutdown_function( static function (): void {
		apcu_inc( 'mwpipe-requests' );
		if ( http_response_code() >= 500 ) {
			apcu_inc( 'mwpipe-errors' );
		}
	} );
}

require '/usr/local/lib/mwpipe/platform.php';
require mwpipeBundleDir( MWPIPE_BUNDLE ) . '/LocalSettings.php';
require '/usr/local/lib/mwpipe/platform-after.php';
