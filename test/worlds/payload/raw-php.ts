/** The PHP of the payload's raw layout that isn't data: its classes, and how its CommonSettings.php begins. */
import { FAMILIES } from './wikis.ts';
import { phpOf } from './values.ts';

const WMF_CONFIG = `<?php

namespace Wikimedia\\MWConfig;

use SiteConfiguration;

/** Reads the static settings of wmf-config/, and what each wiki has of them. */
class WmfConfig {
	public const SUFFIXES = ${phpOf(FAMILIES, '\t')};

	private const FILES = [ 'logos', 'InitialiseSettings', 'core-Namespaces', 'core-Permissions', 'ext-ORES',
		'ext-EventStreamConfig' ];

	/** @return string[] */
	public static function getTagsForWiki( string $dbName, string $realm = 'production' ): array {
		return ( require __DIR__ . '/../dblists-index.php' )[$dbName] ?? [];
	}

	public static function getStaticConfig( string $realm = 'production' ): array {
		$settings = [];
		foreach ( self::FILES as $file ) {
			$settings += require __DIR__ . "/../wmf-config/$file.php";
		}
		return $settings;
	}

	public static function getConfigGlobals(
		string $dbName,
		SiteConfiguration $siteConfiguration,
		string $realm = 'production'
	): array {
		[ $site, $lang ] = $siteConfiguration->siteFromDB( $dbName );
		$suffix = self::SUFFIXES[$site] ?? $site;
		$params = [ 'lang' => $lang, 'site' => $site ];
		$tags = self::getTagsForWiki( $dbName, $realm );
		$tags[] = $siteConfiguration->get( 'wgLanguageCode', $dbName, $suffix, $params, $tags );
		return $siteConfiguration->getAll( $dbName, $suffix, $params, $tags );
	}
}
`;

const MULTI_VERSION = `<?php

/** Which wiki is asked for, and which version of MediaWiki it has. */
class MWMultiVersion {
	private static ?self $instance = null;

	private function __construct( private string $db, private string $version ) {
	}

	public static function initializeForMaintenance(): self {
		$db = (string)getenv( 'MW_WIKI' );
		$versions = include dirname( __DIR__ ) . '/wikiversions.php';
		return self::$instance = new self( $db, getenv( 'FORCE_MW_VERSION' ) ?: ( $versions[$db] ?? '' ) );
	}

	public static function getInstance(): ?self {
		return self::$instance;
	}

	public static function destroySingleton(): void {
		self::$instance = null;
	}

	public function getDatabase(): string {
		return $this->db;
	}

	public function getVersion(): string {
		return $this->version;
	}
}
`;

const WIKI_VERSIONS = `<?php

class MWWikiversions {
	/** @return array<string,string> */
	public static function readWikiVersionsFile( string $path ): array {
		$data = json_decode( (string)file_get_contents( $path ), true );
		if ( !is_array( $data ) ) {
			throw new RuntimeException( "Unable to decode $path." );
		}
		return $data;
	}
}
`;

const DEFINES = `<?php
define( 'MEDIAWIKI_DEPLOYMENT_DIR', dirname( __DIR__ ) );
`;

export const CLASSES: Readonly<Record<string, string>> = {
  'src/WmfConfig.php': WMF_CONFIG,
  'multiversion/MWMultiVersion.php': MULTI_VERSION,
  'multiversion/MWWikiversions.php': WIKI_VERSIONS,
  'multiversion/defines.php': DEFINES,
};

export const PRELUDE = `use Wikimedia\\MWConfig\\WmfConfig;

if ( !defined( 'MEDIAWIKI' ) ) {
	exit( 1 );
}
require_once __DIR__ . '/../multiversion/defines.php';
require_once __DIR__ . '/../multiversion/MWMultiVersion.php';
require_once __DIR__ . '/../multiversion/MWWikiversions.php';
require_once __DIR__ . '/../src/WmfConfig.php';

$multiVersion = MWMultiVersion::getInstance() ?? MWMultiVersion::initializeForMaintenance();
$wgDBname = $multiVersion->getDatabase();
$wikiTags = WmfConfig::getTagsForWiki( $wgDBname );

$wgConf = new SiteConfiguration();
$wgConf->suffixes = WmfConfig::SUFFIXES;
$wgConf->wikis = array_keys( require __DIR__ . '/../dblists-index.php' );
$wgConf->settings = WmfConfig::getStaticConfig();
extract( WmfConfig::getConfigGlobals( $wgDBname, $wgConf ) );
$wgInterwikiCache = require __DIR__ . '/interwiki.php';`;
