/**
 * A farm of five wikis in the layout of operations/mediawiki-config, called and read the ways that the real one is: realm and
 * datacenter by MWRealm, the wiki by MWMultiVersion, static settings by WmfConfig. The text is ours.
 */
const SERVICE_CONFIG = `<?php

namespace Wikimedia\\MWConfig;

class ServiceConfig {
	private static ?self $instance = null;
	private const DATACENTERS = [ 'production' => [ 'eqiad', 'codfw' ], 'labs' => [ 'labs' ] ];

	private function __construct( private string $datacenter, private string $realm ) {
	}

	public static function getInstance(): self {
		return self::$instance ??= self::find();
	}

	private static function find(): self {
		$datacenter = getenv( 'WMF_DATACENTER' );
		foreach ( self::DATACENTERS as $realm => $known ) {
			if ( in_array( $datacenter, $known, true ) ) {
				return new self( $datacenter, $realm );
			}
		}
		throw new \\RuntimeException( 'WMF_DATACENTER names no datacenter' );
	}

	public function getRealm(): string {
		return $this->realm;
	}

	public function getDatacenter(): string {
		return $this->datacenter;
	}
}
`;

const REALM = `<?php

use Wikimedia\\MWConfig\\ServiceConfig;

require_once __DIR__ . '/../src/ServiceConfig.php';

global $wmgDatacenter, $wmgRealm;
$wmgRealm = ServiceConfig::getInstance()->getRealm();
$wmgDatacenter = ServiceConfig::getInstance()->getDatacenter();
`;

const MULTI_VERSION = `<?php

require_once __DIR__ . '/MWRealm.php';

class MWMultiVersion {
	private static ?self $instance = null;
	private string $db;
	private string $version;

	public static function initializeForMaintenance(): self {
		global $argv;
		$instance = new self();
		$instance->db = getenv( 'MW_WIKI' ) ?: '';
		if ( isset( $argv[2] ) && str_starts_with( $argv[2], '--wiki=' ) ) {
			$instance->db = substr( $argv[2], 7 );
		}
		$forced = getenv( 'FORCE_MW_VERSION' ) ?: '';
		$versions = require __DIR__ . '/../wikiversions.php';
		if ( !isset( $versions[$instance->db] ) ) {
			print "$instance->db is no wiki\\n";
			exit( 1 );
		}
		$instance->version = $forced === '' ? $versions[$instance->db] : "php-$forced";
		return self::$instance = $instance;
	}

	public static function getInstance(): ?self {
		return self::$instance;
	}

	public function getDatabase(): string {
		return $this->db;
	}

	public function getVersionNumber(): string {
		return substr( $this->version, 4 );
	}
}
`;

const WMF_CONFIG = `<?php

namespace Wikimedia\\MWConfig;

use SiteConfiguration;

class WmfConfig {
	public const SUFFIXES = [ 'wikipedia' => 'wiki', 'wikinews', 'wikiquote' ];

	/** @return string[] */
	public static function readDbListFile( $dblist ) {
		$lines = file( __DIR__ . "/../dblists/$dblist.dblist", FILE_IGNORE_NEW_LINES );
		return array_values( array_filter( $lines, static fn ( $line ) => $line !== '' && $line[0] !== '#' ) );
	}

	/** @return string[] */
	public static function getTagsForWiki( string $dbName, string $realm = 'production' ): array {
		return ( require __DIR__ . '/../dblists-index.php' )[$dbName] ?? [];
	}

	public static function getConfigGlobals(
		string $dbName, SiteConfiguration $siteConfiguration, string $realm = 'production'
	): array {
		[ $site, $lang ] = $siteConfiguration->siteFromDB( $dbName );
		$suffix = $site === 'wikipedia' ? 'wiki' : $site;
		$params = [ 'lang' => $lang, 'site' => $site ];
		$tags = self::getTagsForWiki( $dbName, $realm );
		$tags[] = $siteConfiguration->get( 'wgLanguageCode', $dbName, $suffix, $params, $tags );
		return $siteConfiguration->getAll( $dbName, $suffix, $params, $tags );
	}

	public static function getStaticConfig( string $realm = 'production' ): array {
		$folder = __DIR__ . '/../wmf-config';
		return ( require "$folder/logos.php" ) +
			( require "$folder/InitialiseSettings.php" ) +
			( require "$folder/core-Permissions.php" );
	}
}
`;

const INITIALISE_SETTINGS = `<?php

return [
	'wgLanguageCode' => [
		'default' => '$lang',
		'metawiki' => 'en',
	],

	'wgSitename' => [
		'default' => 'Wikipedia',
		'wikinews' => 'Wikinews',
		'dewiki' => 'Wikipedia – die freie',
		'metawiki' => 'Meta',
	],

	'wgCapitalLinks' => [
		'default' => true,
		'group0' => false,
	],

	'wgFileExtensions' => [
		'default' => [ 'png', 'svg' ],
		'+closed' => [ 'tiff' ],
	],

	'wmgUseCite' => [
		'default' => true,
		'closed' => false,
	],

	'wmgUseFlow' => [
		'default' => false,
		'group0' => true,
	],
];
`;

const PERMISSIONS = `<?php

return [
	'wgGroupPermissions' => [
		'default' => [ 'user' => [ 'move' => false ] ],
		'+dewiki' => [ 'user' => [ 'move' => true ], 'reviewer' => [ 'patrol' => true ] ],
	],
];
`;

/** What is loaded, and on which line, is what the tests speak of. */
const COMMON_SETTINGS = `<?php

use Wikimedia\\MWConfig\\ServiceConfig;
use Wikimedia\\MWConfig\\WmfConfig;

require_once __DIR__ . '/../src/ServiceConfig.php';
require_once __DIR__ . '/../src/WmfConfig.php';

$multiVersion = class_exists( 'MWMultiVersion' ) ? MWMultiVersion::getInstance() : null;
if ( !isset( $IP ) || !$multiVersion ) {
	print "No MWMultiVersion instance\\n";
	exit( 1 );
}
$wgDBname = $multiVersion->getDatabase();
$wmgVersionNumber = $multiVersion->getVersionNumber();

if ( getenv( 'WMF_MAINTENANCE_OFFLINE' ) ) {
	$wgReadOnly = 'Offline in ' . $wmgDatacenter;
} else {
	$wgReadOnly = file_get_contents( 'http://etcd.example:2379/ReadOnly' );
}

$wgConf = new SiteConfiguration;
$wgConf->suffixes = WmfConfig::SUFFIXES;
$wgConf->wikis = WmfConfig::readDbListFile( $wmgRealm === 'labs' ? 'all-labs' : 'all' );
$wgConf->settings = WmfConfig::getStaticConfig( $wmgRealm );
extract( WmfConfig::getConfigGlobals( $wgDBname, $wgConf, $wmgRealm ) );

require __DIR__ . '/../private/PrivateSettings.php';
require __DIR__ . "/ExtensionMessages-$wmgVersionNumber.php";

if ( $wmgUseCite ) {
	wfLoadExtension( 'Cite' );
	$wgCiteResponsiveReferences = $wgDBname !== 'dewiki';
}
if ( $wmgUseFlow ) {
	wfLoadExtension( 'Flow' );
	$wgFlowDefaultWikiDb = false;
}
$wgRightsText = 'Contact ' . $wmgContactAddress;
`;

const LISTS: Readonly<Record<string, readonly string[]>> = {
  all: ['dewiki', 'dewikinews', 'enwiki', 'metawiki', 'nowiki'],
  closed: ['dewikinews'],
  group0: ['metawiki'],
  wikipedia: ['dewiki', 'enwiki', 'nowiki'],
};

/** @param version MW_VERSION of the image that evaluates them; nowiki has another */
export function checkoutFiles(version: string): Map<string, string> {
  const versions = (LISTS['all'] ?? []).map((wiki): [string, string] => [
    wiki,
    `php-${wiki === 'nowiki' ? '1.42.0-wmf.9' : version}`,
  ]);
  return new Map([
    ['src/ServiceConfig.php', SERVICE_CONFIG],
    ['src/WmfConfig.php', WMF_CONFIG],
    ['multiversion/MWRealm.php', REALM],
    ['multiversion/MWMultiVersion.php', MULTI_VERSION],
    ['wmf-config/InitialiseSettings.php', INITIALISE_SETTINGS],
    ['wmf-config/core-Permissions.php', PERMISSIONS],
    [
      'wmf-config/logos.php',
      "<?php\n\nreturn [\n\t'wgLogos' => [\n\t\t'default' => [ '1x' => '/static/w.svg' ],\n\t],\n];\n",
    ],
    ['wmf-config/CommonSettings.php', COMMON_SETTINGS],
    ['wikiversions.json', `${JSON.stringify(Object.fromEntries(versions), undefined, 4)}\n`],
    ['dblists-index.php', indexFile()],
    ...Object.entries(LISTS).map(([list, wikis]): [string, string] => [
      `dblists/${list}.dblist`,
      `# Names of databases\n${wikis.map((wiki) => `${wiki}\n`).join('')}`,
    ]),
    ['dblists/open.dbexpr', '%% all.dblist - closed.dblist\n'],
  ]);
}

/** Made from the lists, and kept in the repo, as theirs is. */
function indexFile(): string {
  const rows = (LISTS['all'] ?? []).map((wiki) => {
    const tags = Object.keys(LISTS).filter((list) => list !== 'all' && LISTS[list]?.includes(wiki) === true);
    return `\t'${wiki}' => [ ${tags.map((tag) => `'${tag}'`).join(', ')} ],\n`;
  });
  return `<?php\nreturn [\n${rows.join('')}];\n`;
}
