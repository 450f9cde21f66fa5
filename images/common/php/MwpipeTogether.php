<?php
/**
 * Evaluates one wiki after another in one child, where the bundle has no PHP of overlays: all that runs between the settings
 * and the end of registration is MediaWiki's own then, and can be asked to do it again. Whatever is odd ends the child; the
 * wikis that are left get a process each, as some do anyway, for comparison: see MwpipePool.
 */
class MwpipeTogether {
	/** Fewer are not worth it. */
	public const FEWEST = 40;
	private const DYNAMIC_CONFIG = MW_INSTALL_PATH . '/includes/SetupDynamicConfig.php';

	private static ?self $current = null;
	private ?string $wiki = null;
	/** @var array<string,mixed> as they were before any settings */
	private array $globals = [];
	/** @var array{0:object,1:array<string,mixed>}[] objects that settings change, and what was in them */
	private array $states = [];

	/** Whether this MediaWiki has the steps that are done again here: since 1.39. */
	public static function isPossible(): bool {
		return is_file( self::DYNAMIC_CONFIG ) && class_exists( MediaWiki\Settings\DynamicDefaultValues::class );
	}

	/** @param string[] $wikis */
	public static function begin( array $wikis ): void {
		self::$current = new self( $wikis );
	}

	/** @param string[] $wikis */
	private function __construct( private array $wikis ) {
		foreach ( array_keys( $GLOBALS ) as $name ) {
			if ( self::isOurs( $name ) ) {
				$this->globals[$name] = $GLOBALS[$name];
			}
		}
		foreach ( [ $GLOBALS['wgSettings'], MediaWiki\Registration\ExtensionRegistry::getInstance() ] as $object ) {
			$this->states[] = [ $object, ( fn () => get_object_vars( $this ) )->call( $object ) ];
		}
		$this->globals['wgConf'] = clone $GLOBALS['wgConf'];
	}

	public static function isOn(): bool {
		return self::$current !== null;
	}

	/** Makes everything as it was, for the next wiki. @return bool false in a child that has one wiki alone */
	public static function next(): bool {
		if ( self::$current === null ) {
			return false;
		}
		$wiki = array_shift( self::$current->wikis );
		if ( $wiki === null ) {
			MwpipeWiki::end();
		}
		self::$current->restore();
		self::$current->wiki = $wiki;
		putenv( "MWPIPE_DB_NAME=$wiki" );
		return true;
	}

	/** What Setup.php does after the settings. @return string the file that it then requires in the global scope */
	public static function settingsRead(): string {
		global $wgSettings, $wgWikiFarmSettingsDirectory;
		if ( $wgWikiFarmSettingsDirectory ) {
			MwpipeWiki::end();
		}
		$wgSettings->apply();
		$wgSettings->enterRegistrationStage();
		MwpipeWiki::settingsRead();
		$wgSettings->apply();
		$defaults = new MediaWiki\Settings\DynamicDefaultValues( $wgSettings->getConfigSchema() );
		$defaults->applyDynamicDefaults( $wgSettings->getConfigBuilder() );
		$wgSettings->apply();
		return self::DYNAMIC_CONFIG;
	}

	public static function register(): void {
		$registry = MediaWiki\Registration\ExtensionRegistry::getInstance();
		$registry->setSettingsBuilder( $GLOBALS['wgSettings'] );
		$registry->loadFromQueue();
		$registry->finish();
		MwpipeWiki::doneWith( self::$current->wiki );
	}

	private function restore(): void {
		foreach ( array_keys( $GLOBALS ) as $name ) {
			if ( self::isOurs( $name ) && !array_key_exists( $name, $this->globals ) ) {
				unset( $GLOBALS[$name] );
			}
		}
		foreach ( $this->globals as $name => $value ) {
			$GLOBALS[$name] = $value;
		}
		$GLOBALS['wgConf'] = clone $this->globals['wgConf'];
		foreach ( $this->states as [ $object, $state ] ) {
			( function () use ( $state ) {
				foreach ( $state as $name => $value ) {
					$this->$name = $value;
				}
			} )->call( $object );
		}
	}

	private static function isOurs( string $name ): bool {
		return $name[0] !== '_' && $name !== 'GLOBALS' && $name !== 'argv' && $name !== 'argc';
	}
}
