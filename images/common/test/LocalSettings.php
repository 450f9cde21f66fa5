<?php
/**
 * The wiki that tests run in: the components named in MWPIPE_LOAD, SQLite and caches of this container alone.
 * Read through MW_CONFIG_FILE, so that the image's own LocalSettings.php (a release's) stays out of it.
 */
$wgSitename = 'Test wiki';
$wgServer = 'http://wiki.test';
$wgScriptPath = '';
$wgArticlePath = '/wiki/$1';
$wgLanguageCode = 'en';
$wgSecretKey = str_repeat( 'test', 16 );

$wgDBtype = 'sqlite';
$wgSQLiteDataDir = '/srv/data';
$wgDBname = 'testwiki';
$wgMainCacheType = CACHE_NONE;
$wgCacheDirectory = '/srv/cache';
$wgLocalisationCacheConf['store'] = 'array';
$wgLocalisationCacheConf['storeDirectory'] = '/srv/cache/l10n';
// Tests ask for languages that nobody has built: made when asked for.
$wgLocalisationCacheConf['manualRecache'] = false;

$wgEnableUploads = true;
$wgUploadDirectory = '/srv/data/images';
$wgJobRunRate = 0;
$wgPygmentizePath = '/usr/bin/pygmentize';

// Paths below the code: `extensions/Cite skins/Vector`, as the lock lists them.
foreach ( preg_split( '/ /', getenv( 'MWPIPE_LOAD' ) ?: '', -1, PREG_SPLIT_NO_EMPTY ) as $path ) {
	if ( str_starts_with( $path, 'skins/' ) ) {
		wfLoadSkin( substr( $path, strlen( 'skins/' ) ) );
	} else {
		wfLoadExtension( substr( $path, strlen( 'extensions/' ) ) );
	}
}
unset( $path );
