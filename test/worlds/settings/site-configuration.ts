/** MediaWiki's own SiteConfiguration as an oracle: many tables, one PHP process, arrays with the order of their keys. */
import { phpLiteral } from '../../../src/config/settings/php-literal.ts';
import type { PhpMap, PhpValue } from '../../../src/config/settings/php-value.ts';
import type { RandomTable } from './random-tables.ts';

export interface OracleCase {
  readonly settings: ReadonlyMap<string, PhpMap>;
  readonly wiki: string;
  readonly tags: readonly string[];
  readonly params: Readonly<Record<string, string>>;
}

export function casesOf({ settings, farm }: RandomTable): OracleCase[] {
  return [...farm.wikis.values()].map(({ name, tags, language, site }) => ({
    settings,
    wiki: name,
    tags,
    params: { ...(language === undefined ? {} : { lang: language }), ...(site === undefined ? {} : { site }) },
  }));
}

/** PHP that answers with one JSON array: for each case the settings that getAll gives, in comparable form. */
export function oracleProgram(file: string, cases: readonly OracleCase[]): string {
  return `<?php
require ${phpLiteral(file)};
function comparable( $value ) {
	if ( !is_array( $value ) ) {
		return $value;
	}
	$pairs = [];
	foreach ( $value as $key => $inner ) {
		$pairs[] = [ (string)$key, comparable( $inner ) ];
	}
	return [ 'array' => $pairs ];
}
$answers = [];
foreach ( ${phpLiteral(cases)} as $case ) {
	$conf = new MediaWiki\\Config\\SiteConfiguration;
	$conf->settings = $case['settings'];
	$answers[] = comparable( $conf->getAll( $case['wiki'], null, $case['params'], $case['tags'] ) );
}
echo json_encode( $answers, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION );
`;
}

function comparable(value: PhpValue): unknown {
  if (Array.isArray(value))
    return { array: value.map((inner, index) => [String(index), comparable(inner as PhpValue)]) };
  if (value instanceof Map) return { array: [...(value as PhpMap)].map(([key, inner]) => [key, comparable(inner)]) };
  return value;
}

/** What getAll would leave out: settings without a value. */
export function comparableSettings(settings: ReadonlyMap<string, PhpValue>): unknown {
  return comparable(new Map([...settings].filter(([, value]) => value !== null)));
}
