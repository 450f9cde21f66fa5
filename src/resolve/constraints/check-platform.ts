/** `requires.platform`: PHP, its extensions (`ext-intl`) and abilities (`ability-shell`); MediaWiki dies on anything else. */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import type { RequiringComponent, SetFacts } from './set-facts.ts';
import { checkVersion } from './check-version.ts';

interface Asked {
  readonly component: string;
  readonly key: string;
  readonly value: string | boolean;
  readonly at: SourceRange;
  readonly facts: Pick<SetFacts, 'platform' | 'setFile'>;
}

export function checkPlatform({ component, at }: RequiringComponent, facts: Asked['facts']): Diagnostic[] {
  return Object.entries(component.requires?.platform ?? {}).flatMap(([key, value]) => {
    const asked = { component: component.name, key, value, at: at(['platform', key]), facts };
    if (key === 'php') return checkPhp(asked);
    if (key.startsWith('ext-')) return checkExtension(asked);
    return key.startsWith('ability-') ? checkAbility(asked) : [unknownPlatform(asked)];
  });
}

function checkPhp({ component, value, at, facts }: Asked): Diagnostic[] {
  if (typeof value !== 'string') return [wrongValue('php', 'a constraint such as ">= 8.1"', at)];
  const found = facts.platform.php;
  const hint = `take a runtime with that PHP, then say so under platform in ${facts.setFile}`;
  const need = { who: component, what: 'PHP', constraint: value, at, hint };
  if (found === undefined) return checkVersion({ ...need, found, unreadable: 'allowed' });
  const [first = [], ...others] = releasesOf(found).map((release) => checkVersion({ ...need, found: release }));
  return others.some((one) => one.length === 0) ? [] : first;
}

/** A set says "8.2": its runtime is one of the 8.2.x, and mwpipe doesn't know which. */
function releasesOf(php: string): string[] {
  return /^\d+\.\d+$/.test(php) ? [php, `${php}.99`] : [php];
}

function checkExtension({ component, key, value, at, facts }: Asked): Diagnostic[] {
  if (value !== '*') return [wrongValue(key, '"*": MediaWiki takes no other', at)];
  const name = key.slice('ext-'.length);
  const offered = facts.platform.extensions;
  if (offered === undefined || offered.some((one) => one.toLowerCase() === name.toLowerCase())) return [];
  return [
    {
      code: 'resolve/missing-php-extension',
      message: `${component} requires PHP's ${name}, which the runtime doesn't have`,
      hint: `add it to the runtime, then say so under platform in ${facts.setFile}`,
      at,
    },
  ];
}

/** Those that MediaWiki knows: whether it may run programs. */
const ABILITIES = ['shell'];

function checkAbility(asked: Asked): Diagnostic[] {
  const { component, key, value, at, facts } = asked;
  const ability = key.slice('ability-'.length);
  if (!ABILITIES.includes(ability)) return [unknownPlatform(asked)];
  if (typeof value !== 'boolean') return [wrongValue(key, 'true or false', at)];
  const offered = facts.platform.abilities;
  if (!value || offered === undefined || offered.includes(ability)) return [];
  return [
    {
      code: 'resolve/missing-ability',
      message: `${component} requires the ability ${quote(ability)}, which the runtime doesn't have`,
      hint: `allow it there, then say so under platform: abilities: in ${facts.setFile}; or leave ${component} out`,
      at,
    },
  ];
}

function unknownPlatform({ component, key, at }: Asked): Diagnostic {
  const near = nearest(key, ['php', ...ABILITIES.map((ability) => `ability-${ability}`)]);
  return {
    code: 'resolve/unknown-platform',
    message: `${component} requires ${quote(key)} of its platform, which MediaWiki doesn't know and stops at`,
    hint: near === undefined ? 'it knows php, ext-NAME and ability-shell' : `did you mean ${near}?`,
    at,
  };
}

function wrongValue(key: string, wanted: string, at: SourceRange): Diagnostic {
  return { code: 'resolve/wrong-constraint', message: `${quote(key)} takes ${wanted}`, hint: 'write it so', at };
}
