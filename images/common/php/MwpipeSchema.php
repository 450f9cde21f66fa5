<?php
/** Which settings this image knows, by name: the type that is declared, else the default, which hints at one. */
class MwpipeSchema {
	public static function ofImage(): array {
		$things = array_merge( glob( '/srv/mediawiki/extensions/*/extension.json' ), glob( '/srv/mediawiki/skins/*/skin.json' ) );
		return array_merge( self::ofCore(), ...array_map( self::ofThing( ... ), $things ) );
	}

	private static function ofCore(): array {
		$settings = [];
		$declared = new MediaWiki\Settings\Source\ReflectionSchemaSource( MediaWiki\MainConfigSchema::class );
		foreach ( $declared->load()['config-schema'] as $name => $schema ) {
			$settings["wg$name"] = self::entry( 'core', $schema['type'] ?? null, $schema['default'] ?? null );
		}
		return $settings;
	}

	private static function ofThing( string $file ): array {
		$declared = json_decode( (string)file_get_contents( $file ), true );
		$prefix = $declared['config_prefix'] ?? $declared['config']['_prefix'] ?? 'wg';
		$settings = [];
		foreach ( $declared['config'] ?? [] as $name => $config ) {
			$new = ( $declared['manifest_version'] ?? 1 ) >= 2;
			$settings[$prefix . $name] = self::entry( basename( dirname( $file ) ), null, $new ? ( $config['value'] ?? null ) : $config );
		}
		return $settings;
	}

	/** @return array{from:string,types:string[],default:string} */
	private static function entry( string $from, mixed $types, mixed $default ): array {
		$kind = is_array( $default ) ? 'array' : get_debug_type( $default );
		return [ 'from' => $from, 'types' => (array)$types, 'default' => $kind === 'bool' ? ( $default ? 'true' : 'false' ) : $kind ];
	}
}
