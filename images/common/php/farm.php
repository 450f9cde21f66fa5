<?php
/**
 * Which wiki this is, where a bundle has several: by the host name that was asked for, on the command line by --wiki. The
 * bundle's farm.php says who is who; it is a static array, which opcache keeps. Without one there is one wiki, which the
 * environment names.
 */

/** @return array{hosts:array<string,string>,databases:string[],wikis:array<string,array>,families?:array<string,array<string,string>>}|null */
function mwpipeFarm(): ?array {
	$file = mwpipeBundleDir( MWPIPE_BUNDLE ) . '/farm.php';
	return is_file( $file ) ? require $file : null;
}

/** Whether settings are only looked at: a check runs where no secret is, and serves nobody. */
function mwpipeIsEvaluating(): bool {
	return defined( 'MWPIPE_EVALUATING' ) || ( PHP_SAPI === 'cli' && !is_dir( MWPIPE_SECRETS_DIR ) );
}

/** @return string The name of its database */
function mwpipeChooseWiki( ?array $farm ): string {
	$default = getenv( 'MWPIPE_DB_NAME' ) ?: 'wiki';
	if ( !$farm ) {
		return $default;
	}
	$wiki = PHP_SAPI === 'cli' ? mwpipeWikiOfCommand( $farm, $default ) : mwpipeWikiOfHost( $farm );
	$version = $farm['wikis'][$wiki]['version'] ?? MW_VERSION;
	if ( $version !== MW_VERSION && !mwpipeIsEvaluating() ) {
		mwpipeRefuse( 503, "$wiki has MediaWiki $version, and this instance is " . MW_VERSION . '.' );
	}
	return $wiki;
}

function mwpipeWikiOfHost( array $farm ): string {
	$host = rtrim( preg_replace( '/:\d*$/D', '', strtolower( $_SERVER['HTTP_HOST'] ?? '' ) ), '.' );
	$wiki = $farm['hosts'][$host] ?? null;
	if ( $wiki === null ) {
		mwpipeRefuse( 404, 'No wiki answers to ' . preg_replace( '/[^a-z0-9.:_-]/', '?', substr( $host, 0, 253 ) ) . '.' );
	}
	return $wiki;
}

/** maintenance/run.php puts --wiki into MW_WIKI_NAME; a script without it is for the environment's wiki, or the only one. */
function mwpipeWikiOfCommand( array $farm, string $default ): string {
	$wiki = defined( 'MW_WIKI_NAME' ) ? MW_WIKI_NAME : $default;
	if ( isset( $farm['wikis'][$wiki] ) ) {
		return $wiki;
	}
	if ( defined( 'MW_WIKI_NAME' ) ) {
		mwpipeRefuse( 404, "There is no wiki $wiki: wikis.yaml names them." );
	}
	if ( count( $farm['databases'] ) !== 1 && !mwpipeIsEvaluating() ) {
		mwpipeRefuse( 404, 'There are ' . count( $farm['databases'] ) . ' wikis: say which, with --wiki=NAME.' );
	}
	return $farm['databases'][0];
}

/**
 * Ends the request, or the script, with a text for people.
 * @return never
 */
function mwpipeRefuse( int $status, string $text ) {
	if ( PHP_SAPI === 'cli' ) {
		fwrite( STDERR, "$text\n" );
		exit( 1 );
	}
	http_response_code( $status );
	header( 'Content-Type: text/plain; charset=utf-8' );
	header( 'X-Content-Type-Options: nosniff' );
	header( 'Cache-Control: no-store' );
	if ( $status === 503 ) {
		header( 'Retry-After: 5' );
	}
	print "$text\n";
	exit( 1 );
}

/**
 * Tells MediaWiki of the other wikis: WikiMap, and extensions that link to or read from them, ask $wgConf. Values that
 * differ by wiki are made when they are asked for, so a thousand wikis cost a request nothing.
 */
function mwpipeTellOfFarm( array $farm, string $server ): void {
	global $wgConf, $wgLocalDatabases;
	$wgLocalDatabases = $farm['databases'];
	$wgConf->wikis = $farm['databases'];
	$address = mwpipeServerOf( '$host', $server );
	$wgConf->settings = [
		'wgServer' => [ 'default' => $address ],
		'wgCanonicalServer' => [ 'default' => $address ],
		'wgArticlePath' => [ 'default' => '/wiki/$1' ],
		'wgLanguageCode' => [ 'default' => '$lang' ],
	];
	$wgConf->siteParamsCallback = static function ( $conf, $wiki ) use ( $farm ) {
		$row = $farm['wikis'][$wiki] ?? null;
		return $row === null ? [] : [
			'suffix' => $row['site'] ?? 'wiki',
			'lang' => $row['language'] ?? 'en',
			'tags' => $row['tags'],
			'params' => [ 'host' => $row['host'] ],
		];
	};
}

/**
 * Links from this wiki to the others. A bundle of before has no families; an overlay that brings a map of its own
 * ($wgInterwikiCache) has its way.
 */
function mwpipeLinkFarm( array $farm, string $wiki, string $server ): void {
	global $wgHooks, $wgInterwikiCache, $wgLocalInterwikis;
	if ( !isset( $farm['families'] ) || is_array( $wgInterwikiCache ?? null ) ) {
		return;
	}
	$family = $farm['wikis'][$wiki]['family'];
	$language = $farm['wikis'][$wiki]['language'] ?? '';
	if ( ( $farm['families'][$family][$language] ?? null ) === $wiki ) {
		// [[de:Foo]] on dewiki is [[Foo]].
		$wgLocalInterwikis = array_values( array_unique( [ ...( $wgLocalInterwikis ?? [] ), $language ] ) );
	}
	$wgHooks['MediaWikiServices'][] = static function ( $services ) use ( $farm, $wiki, $server ): void {
		$services->addServiceManipulator( 'InterwikiLookup', static function ( $own ) use ( $farm, $wiki, $server ) {
			require_once __DIR__ . '/MwpipeInterwiki.php';
			return new MwpipeInterwiki( $own, $farm, $wiki, $server );
		} );
	};
}

/** The target's own address, with another host name: the scheme and the port are its. */
function mwpipeServerOf( string $host, string $server ): string {
	$parts = parse_url( $server );
	return ( $parts['scheme'] ?? 'http' ) . "://$host" . ( isset( $parts['port'] ) ? ":{$parts['port']}" : '' );
}
