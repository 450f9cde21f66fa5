/** The LocalSettings.php of a bundle: what the image requires. Values first, then each overlay's own PHP. */
import { phpLiteral } from '../settings/php-literal.ts';

export interface LocalSettingsParts {
  readonly overlays: readonly string[];
  /** PHP files of the bundle, in order. */
  readonly required: readonly string[];
  readonly secrets: readonly string[];
  readonly farm: boolean;
  /** Whether there is a tags/all.php; on a farm, farm.php says so. */
  readonly all: boolean;
}

export function localSettings(parts: LocalSettingsParts): string {
  const { overlays, required, secrets } = parts;
  return `<?php
// Made by mwpipe from the overlays ${overlays.join(', ')}: edit those. Values first, then each overlay's own PHP.

if ( !defined( 'MEDIAWIKI' ) ) {
	exit;
}

( static function () {
	$settings = [];
	$wiki = $GLOBALS['wgDBname'];
	foreach ( ${filesOf(parts)} as $file ) {
		$settings += require __DIR__ . "/$file";
	}
	foreach ( $settings + require __DIR__ . '/settings.php' as $name => $value ) {
		if ( $name[0] === '+' ) {
			$name = substr( $name, 1 );
			// Added to MediaWiki's own value, by MediaWiki's own rules.
			if ( is_array( $value ) && is_array( $GLOBALS[$name] ?? null ) ) {
				$conf = new ( get_class( $GLOBALS['wgConf'] ) );
				$conf->settings = [ "+$name" => [ 'default' => $value ], '@replaceableSettings' => [] ];
				$value = $conf->getAll( $wiki )[$name];
			}
		}
		if ( $value !== null ) {
			$GLOBALS[$name] = $value;
		}
	}
${secrets.length === 0 ? '' : `	foreach ( ${phpLiteral(secrets, '\t')} as $name ) {\n\t\tif ( isset( $GLOBALS[$name] ) ) {\n\t\t\t$GLOBALS[$name] = mwpipeWithSecrets( $GLOBALS[$name] );\n\t\t}\n\t}\n`}} )();
${required.map((path) => `require __DIR__ . ${phpLiteral(`/${path}`)};\n`).join('')}`;
}

/** Without a farm the environment names the wiki, which may have none of its own. */
function filesOf({ farm, all }: LocalSettingsParts): string {
  if (farm) return "( require __DIR__ . '/farm.php' )['wikis'][$wiki]['settings'] ?? []";
  const shared = all ? "'tags/all.php'" : '';
  return `is_file( __DIR__ . "/wikis/$wiki.php" ) ? [ "wikis/$wiki.php"${all ? `, ${shared}` : ''} ] : [ ${shared} ]`;
}
