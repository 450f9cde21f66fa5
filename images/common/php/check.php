<?php
/**
 * Checks a bundle with the PHP and the MediaWiki of this image, in a container that has nothing else: does every file
 * compile, and what are the effective settings of each wiki? This process loads MediaWiki up to the point where it would
 * read LocalSettings.php, and forks a child for each wiki there: what a bundle does is done to a child.
 *
 * /srv/overlay/check.json says what is asked for; answers are lines of JSON on stdout, see MwpipePool.
 */

require __DIR__ . '/MwpipeAnswer.php';
require __DIR__ . '/MwpipeParse.php';
require __DIR__ . '/MwpipePool.php';
require __DIR__ . '/MwpipeSchema.php';
require __DIR__ . '/MwpipeTogether.php';
require __DIR__ . '/MwpipeWiki.php';
require __DIR__ . '/pointer.php';

$mwpipeAsked = json_decode( (string)file_get_contents( MWPIPE_OVERLAY_DIR . '/check.json' ), true, 8, JSON_THROW_ON_ERROR );
if ( !MwpipeParse::bundle( mwpipeBundleDir( $mwpipeAsked['bundle'] ), $mwpipeAsked['parse'] ) ) {
	MwpipeAnswer::line( [ 'say' => 'end' ] );
	exit( 0 );
}

putenv( 'MW_INSTALL_PATH=/srv/mediawiki' );
putenv( "MWPIPE_BUNDLE={$mwpipeAsked['bundle']}" );
define( 'MEDIAWIKI', true );
define( 'MW_ENTRY_POINT', 'cli' );
define( 'MW_NO_SESSION', true );
define( 'MW_CONFIG_FILE', __DIR__ . '/evaluated-settings.php' );
define( 'MW_SETUP_CALLBACK', 'MwpipeWiki::settingsRead' );
define( 'MW_FINAL_SETUP_CALLBACK', 'MwpipeWiki::done' );
/** Secrets stay as they are while this is set: $secret:NAME. */
define( 'MWPIPE_EVALUATING', true );

require '/srv/mediawiki/includes/BootstrapHelperFunctions.php';
require '/srv/mediawiki/includes/Setup.php';
