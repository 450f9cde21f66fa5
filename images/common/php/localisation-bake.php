<?php
/**
 * Settings for baking: MediaWiki's own rebuildLocalisationCache runs with them in a container of the image, without a
 * database, with every component of the image loaded (one that a wiki leaves out only has messages that nobody asks for).
 * The environment says which (MWPIPE_LOAD, paths of manifests below the code), and which languages are hot (MWPIPE_HOT).
 *
 *   MW_CONFIG_FILE=/usr/local/lib/mwpipe/localisation-bake.php php maintenance/run.php rebuildLocalisationCache --force \
 *     --no-database --skip-message-purge --store-class=MwpipeBakingStore --outdir=DIR --lang=de,fr --threads=2
 */
if ( !defined( 'MEDIAWIKI' ) ) {
	exit;
}

$wgSitename = 'Baking';
$wgServer = 'http://baking.invalid';
$wgLanguageCode = 'en';
$wgSecretKey = str_repeat( 'bake', 16 );
$wgDBtype = 'sqlite';
$wgSQLiteDataDir = '/nowhere';
$wgDBname = 'baking';
$wgMainCacheType = CACHE_NONE;
$wgMessageCacheType = CACHE_NONE;
$wgParserCacheType = CACHE_NONE;
// What starting up asks of English is made in memory and forgotten: only the rebuild writes.
$wgLocalisationCacheConf['storeClass'] = LCStoreNull::class;
$wgLocalisationCacheConf['manualRecache'] = false;
$wgAutoloadClasses['MwpipeBakingStore'] = __DIR__ . '/MwpipeBakingStore.php';

foreach ( preg_split( '/\n/', getenv( 'MWPIPE_LOAD' ) ?: '', -1, PREG_SPLIT_NO_EMPTY ) as $path ) {
	if ( is_file( MW_INSTALL_PATH . "/$path" ) ) { // a repo without a manifest is no extension
		ExtensionRegistry::getInstance()->queue( MW_INSTALL_PATH . "/$path" );
	}
}
unset( $path );
