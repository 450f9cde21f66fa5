<?php
/**
 * Loads MediaWiki with the pinned bundle as a maintenance script would, and prints the settings that come out. Run by
 * check.php: a fatal error ends this process, not the one that reports it.
 */

$mwpipeMistakes = [];
define( 'MW_CONFIG_FILE', __DIR__ . '/evaluated-settings.php' );
define( 'MW_SETUP_CALLBACK', 'mwpipeSettingsRead' );

function mwpipeSettingsRead(): void {
	restore_error_handler();
}

require '/srv/mediawiki/maintenance/Maintenance.php';

use MediaWiki\MainConfigSchema;
use MediaWiki\Registration\ExtensionRegistry;

class MwpipeEvaluate extends Maintenance {
	private const SECRET = [ 'wgDBpassword', 'wgDBadminpassword', 'wgSecretKey', 'wgUpgradeKey', 'wgSMTP', 'wgDBservers',
		'wgLBFactoryConf' ];

	public function getDbType() {
		return Maintenance::DB_NONE;
	}

	public function execute() {
		$settings = array_filter( $GLOBALS, fn ( $value, $name ) => $this->isSetting( $name, $value ), ARRAY_FILTER_USE_BOTH );
		ksort( $settings );
		$flags = JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION;
		echo "\nMWPIPE-EVALUATED ", json_encode( [
			'mistakes' => $GLOBALS['mwpipeMistakes'],
			'settings' => $settings,
			'known' => $this->knownNames(),
		], $flags );
	}

	private function isSetting( string $name, mixed $value ): bool {
		return preg_match( '/^wm?g[A-Z]/', $name ) && !is_object( $value ) && !in_array( $name, self::SECRET );
	}

	/** Of core's settings, and those that the loaded extensions and skins declare. */
	private function knownNames(): array {
		$names = array_keys( iterator_to_array( MainConfigSchema::listDefaultValues( 'wg' ) ) );
		foreach ( ExtensionRegistry::getInstance()->getAllThings() as $thing ) {
			$declared = json_decode( (string)file_get_contents( $thing['path'] ), true );
			$prefix = $declared['config_prefix'] ?? $declared['config']['_prefix'] ?? 'wg';
			foreach ( array_keys( $declared['config'] ?? [] ) as $name ) {
				$names[] = $prefix . $name;
			}
		}
		return $names;
	}
}

$maintClass = MwpipeEvaluate::class;
require_once RUN_MAINTENANCE_IF_MAIN;
