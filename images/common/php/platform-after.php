<?php
/**
 * What can be said only when the overlays have spoken.
 */

if ( !defined( 'MEDIAWIKI' ) ) {
	exit;
}

// Messages come from the cache in the image, where it has one that was made with all that this bundle loads. What isn't
// in there is made here: two bundles that load different extensions must not share messages, nor take turns in rebuilding
// them, so there is one directory for each set of extensions. A push that only changes values finds the one that is there.
$mwpipeManifests = array_keys( ExtensionRegistry::getInstance()->getQueue() );
defined( 'MWPIPE_BAKED_MESSAGES' ) || define( 'MWPIPE_BAKED_MESSAGES', '/srv/l10n' );
$wgLocalisationCacheConf['storeDirectory'] = $wgCacheDirectory . '/l10n-' . substr(
	hash( 'sha256', implode( "\n", $mwpipeManifests ) ), 0, 12 );
// An overlay that chose another store has its way.
if ( empty( $wgLocalisationCacheConf['storeClass'] ) && $wgLocalisationCacheConf['store'] === 'files' ) {
	require_once __DIR__ . '/MwpipeLocalisationStore.php';
	if ( MwpipeLocalisationStore::fits( $mwpipeManifests ) ) {
		$wgLocalisationCacheConf['storeClass'] = MwpipeLocalisationStore::class;
		$wgAutoloadClasses['MwpipeMessageBlobStore'] = __DIR__ . '/MwpipeMessageBlobStore.php';
		$wgHooks['ResourceLoaderRegisterModules'][] = static fn ( $loader ) => $loader->setMessageBlobStore(
			new MwpipeMessageBlobStore( $loader, $loader->getLogger(), null ) );
	}
}
unset( $mwpipeManifests );

$mwpipeFarm = mwpipeFarm();
if ( $mwpipeFarm ) {
	mwpipeLinkFarm( $mwpipeFarm, $wgDBname, $wgServer );
}
unset( $mwpipeFarm );
