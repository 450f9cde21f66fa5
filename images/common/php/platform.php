<?php
/**
 * What the place where this runs decides, not the overlays: database, secrets, the wiki's address, where sessions and
 * caches live. It comes from the environment (MWPIPE_*) and from files in /run/secrets/mwpipe, before any overlay.
 */

if ( !defined( 'MEDIAWIKI' ) ) {
	exit;
}

require_once __DIR__ . '/secrets.php';
require_once __DIR__ . '/farm.php';

$mwpipeFarm = mwpipeFarm();
/** The wiki whose settings apply: a key of settings.yaml. */
$wgDBname = mwpipeChooseWiki( $mwpipeFarm );
// A check without any PHP of the overlays comes here for one wiki after another.
if ( !defined( 'MWPIPE_WIKI' ) ) {
	define( 'MWPIPE_WIKI', $wgDBname );
	/** What settings.yaml may call it too, for CommonSettings.php: in_array( 'wikipedia', MWPIPE_TAGS, true ) */
	define( 'MWPIPE_TAGS', $mwpipeFarm['wikis'][MWPIPE_WIKI]['tags'] ?? [ 'all' ] );
}

$mwpipeSecret = static function ( string $name ): string {
	$file = MWPIPE_SECRETS_DIR . "/$name";
	return is_readable( $file ) ? trim( (string)file_get_contents( $file ) ) : '';
};

$wgServer = getenv( 'MWPIPE_SERVER' ) ?: 'http://localhost:8080';
if ( $mwpipeFarm ) {
	mwpipeTellOfFarm( $mwpipeFarm, $wgServer );
	$wgServer = mwpipeServerOf( $mwpipeFarm['wikis'][$wgDBname]['host'], $wgServer );
	$wgLanguageCode = $mwpipeFarm['wikis'][$wgDBname]['language'] ?? 'en';
	// Keys of shared caches begin with it.
	$wgCachePrefix = $wgDBname;
}
unset( $mwpipeFarm );
if ( PHP_SAPI !== 'cli' ) {
	header( "X-Mwpipe-Wiki: $wgDBname" );
}
$wgCanonicalServer = $wgServer;
$wgScriptPath = '';
$wgArticlePath = '/wiki/$1';
$wgUsePathInfo = true;

$wgDBtype = getenv( 'MWPIPE_DB_TYPE' ) ?: 'sqlite';
if ( $wgDBtype === 'sqlite' ) {
	$wgSQLiteDataDir = '/srv/data';
	$wgObjectCaches[CACHE_DB] = [
		'class' => SqlBagOStuff::class,
		'loggroup' => 'SQLBagOStuff',
		'server' => [
			'type' => 'sqlite',
			'dbname' => 'wikicache',
			'tablePrefix' => '',
			'variables' => [ 'synchronous' => 'NORMAL' ],
			'dbDirectory' => $wgSQLiteDataDir,
			'trxMode' => 'IMMEDIATE',
			'flags' => 0,
		],
	];
} else {
	$wgDBserver = getenv( 'MWPIPE_DB_SERVER' ) ?: 'localhost';
	$wgDBuser = getenv( 'MWPIPE_DB_USER' ) ?: 'wiki';
	$wgDBpassword = $mwpipeSecret( 'database-password' );
	$wgDBTableOptions = 'ENGINE=InnoDB, DEFAULT CHARSET=binary';
}

$wgSecretKey = $mwpipeSecret( 'secret-key' );
$wgUpgradeKey = $mwpipeSecret( 'upgrade-key' );
$wgAuthenticationTokenVersion = '1';
unset( $mwpipeSecret );
if ( $wgSecretKey === '' && PHP_SAPI !== 'cli' ) {
	http_response_code( 503 );
	header( 'Content-Type: text/plain; charset=utf-8' );
	print "This instance has no secret key: /run/secrets/mwpipe/secret-key is missing.\n";
	exit( 1 );
}

// Sessions and what must be the same everywhere are in the database: every instance of every release of this target
// reads them, so a rollout logs nobody out. Sessions are not in the table `objectcache`, since update.php empties it.
// Per machine (APCu) is only what MediaWiki itself keeps per machine.
$wgMainCacheType = CACHE_DB;
$wgSessionCacheType = CACHE_DB;
if ( $wgDBtype !== 'sqlite' ) {
	$wgObjectCaches['sessions'] = [
		'class' => SqlBagOStuff::class,
		'loggroup' => 'SQLBagOStuff',
		'tableName' => 'mwpipe_session',
	];
	$wgSessionCacheType = 'sessions';
}
$wgMessageCacheType = CACHE_DB;
$wgParserCacheType = CACHE_DB;

// The localisation cache is this container's own, in a directory by set of extensions: see platform-after.php.
$wgCacheDirectory = '/srv/cache';
$wgLocalisationCacheConf['store'] = 'files';
$wgLocalisationCacheConf['manualRecache'] = false;

// Jobs run from the command line; uploads need a shared file backend.
$wgJobRunRate = 0;
$wgEnableUploads = false;

// The router is on a private network and says in X-Forwarded-For who asks.
$wgCdnServersNoPurge = [ '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16' ];

// Errors go to the container's log.
$wgDBerrorLog = 'php://stderr';
$wgDebugLogGroups['exception'] = 'php://stderr';
$wgDebugLogGroups['error'] = 'php://stderr';
$wgDebugLogGroups['fatal'] = 'php://stderr';
