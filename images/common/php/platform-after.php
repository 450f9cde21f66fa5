<?php
/**
 * What can be said only when the overlays have spoken.
 */

if ( !defined( 'MEDIAWIKI' ) ) {
	exit;
}

// Two bundles that load different extensions must not share messages, nor take turns in rebuilding them: one directory
// for each set of extensions. A push that only changes values finds the one that is there.
$wgLocalisationCacheConf['storeDirectory'] = $wgCacheDirectory . '/l10n-' . substr(
	hash( 'sha256', implode( "\n", array_keys( ExtensionRegistry::getInstance()->getQueue() ) ) ), 0, 12 );
if ( !is_dir( $wgLocalisationCacheConf['storeDirectory'] ) ) {
	@mkdir( $wgLocalisationCacheConf['storeDirectory'], 0777, true );
}
