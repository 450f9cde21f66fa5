<?php
/**
 * A page of the config benches: the bundle that this request has, and a value out of each of two of its files, found as
 * MediaWiki's entry finds them. With ?plain: the control, two files that are overwritten in place.
 */

require_once '/usr/local/lib/mwpipe/pointer.php';

header( 'Content-Type: application/json' );
if ( isset( $_GET['plain'] ) ) {
	// As a machine that looks at its files each time: opcache would never see the second version at all.
	ini_set( 'opcache.enable', '0' );
	$first = require '/srv/overlay/plain/settings.php';
	echo json_encode( [ 'bundle' => '', 'first' => $first['wgSitename'], 'second' => require '/srv/overlay/plain/number.php' ] );
	return;
}
if ( isset( $_GET['baked'] ) ) {
	// The image's own value: another image for each.
	echo json_encode( [ 'bundle' => '', 'first' => require '/srv/mediawiki/baked.php', 'second' => '' ] );
	return;
}
$bundle = mwpipeCurrentBundle();
if ( $bundle === null ) {
	http_response_code( 503 );
	return;
}
$settings = require mwpipeBundleDir( $bundle ) . '/settings.php';
echo json_encode( [
	'bundle' => $bundle,
	'first' => ( $settings['default'] ?? $settings )['wgSitename'],
	'second' => require mwpipeBundleDir( $bundle ) . '/overlays/demo/number.php',
] );
