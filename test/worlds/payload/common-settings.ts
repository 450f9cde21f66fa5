/** CommonSettings.php of the payload: thousands of lines of conditions on tags, versions, settings and the wiki's name. */
import type { Chance } from './random.ts';

export interface Block {
  /** Switches (`wmg...`) that there are. */
  readonly switches: readonly [string, ...string[]];
  readonly lists: readonly [string, ...string[]];
  readonly names: readonly [string, ...string[]];
}

/** @param prelude what makes `$wikiTags`, and reads the values first where the layout wants that */
export function commonSettings(
  lines: number,
  { prelude, ...known }: Block & { readonly prelude: string },
  random: Chance,
): string {
  const blocks = ['<?php', '/** Read for each request: what one value decides about another. */', '', prelude, ''];
  let count = blocks.join('\n').split('\n').length;
  for (let number = 0; count < lines; number += 1) {
    const block = blockOf(number, known, random);
    blocks.push(block, '');
    count += block.split('\n').length + 1;
  }
  return blocks.join('\n');
}

function blockOf(number: number, known: Block, random: Chance): string {
  const feature = String(number).padStart(4, '0');
  const lines = Array.from({ length: 2 + random.number(5) }, () => bodyLine(feature, known, random));
  return [
    `// Feature ${feature}, T${100_000 + number * 37}`,
    `if ( ${conditionOf(known, random)} ) {`,
    ...lines,
    '}',
  ].join('\n');
}

function conditionOf({ switches, lists, names }: Block, random: Chance): string {
  const first = [
    () => `$${random.pick(switches)}`,
    () => `in_array( '${random.pick(lists)}', $wikiTags )`,
    () => `version_compare( MW_VERSION, '1.${41 + random.number(4)}', '>=' )`,
    () => `$wgDBname === '${random.pick(names)}'`,
    () => `!in_array( '${random.pick(lists)}', $wikiTags )`,
  ];
  const one = (): string => first[random.number(first.length)]?.() ?? 'true';
  return random.once(3) ? `${one()} && ${one()}` : one();
}

function bodyLine(feature: string, { switches }: Block, random: Chance): string {
  const lines = [
    `\t$wmgComputed${feature} = [ 'limit' => ${random.number(500)}, 'enabled' => $${random.pick(switches)} ];`,
    `\t$wgRateLimits['mwpipe-feature-${feature}']['user'] = [ ${1 + random.number(90)}, 60 ];`,
    `\t$wgGroupPermissions['sysop']['feature-${feature}'] = $${random.pick(switches)};`,
    `\t$wgAvailableRights[] = 'feature-${feature}';`,
    `\t$wgDefaultUserOptions['feature-${feature}'] = ${random.number(2)};`,
    `\t$wmgComputed${feature}More = ( $wmgComputed${feature}More ?? 0 ) + ${random.number(9)};`,
  ];
  return lines[random.number(lines.length)] ?? '';
}
