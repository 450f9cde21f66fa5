/** Which files of parser tests a change can affect: wikitext in, HTML out, through whatever is registered. */
import { pathTo, wideStep, type BecauseStep } from './because.ts';
import { isTestUnit } from './code-graph.ts';
import type { ComponentIndex } from './component-index.ts';
import type { Wide } from './seeds.ts';
import type { Reach, Spread } from './spread.ts';

export interface SelectedParserTests {
  /** Path of the component. */
  readonly component: string;
  /** Below the component's folder. */
  readonly files: readonly string[];
  readonly because: readonly BecauseStep[];
}

interface Found {
  readonly spread: Spread;
  readonly wide: readonly Wide[];
  /** Changed files of parser tests. */
  readonly changed: readonly string[];
}

export function selectParserTests(
  facts: { readonly components: readonly ComponentIndex[]; readonly patched: string },
  found: Found,
): SelectedParserTests[] {
  return facts.components.flatMap((component): SelectedParserTests[] => {
    const own = component.path === facts.patched;
    const files = component.parserTests.map(({ path }) => path);
    const whole = wholeBecause(component, own, found);
    if (whole !== undefined) return files.length === 0 ? [] : [{ component: component.path, files, because: whole }];
    if (own && found.changed.length > 0) {
      const changed = files.filter((path) => found.changed.includes(path));
      return [{ component: component.path, files: changed, because: [{ what: changed[0] ?? '', how: 'changed' }] }];
    }
    return asking(component, found.spread.reaches);
  });
}

/** Why all of a component's: something wide, its own code, or a hook that runs in any wiki. */
function wholeBecause(component: ComponentIndex, own: boolean, found: Found): BecauseStep[] | undefined {
  const wide = found.wide.find(({ scope }) => own || scope !== 'component');
  if (wide !== undefined) return [wideStep(wide)];
  const code = found.spread.affected.find(({ unit }) => own && !isTestUnit(unit));
  if (code !== undefined) return pathTo(code);
  const reach = found.spread.reaches.find((one) => one.scope === 'set' || one.component === component.path);
  return reach === undefined ? undefined : wayOf(reach);
}

/** Other components' wikitext uses tags and functions of the patched one: those files that do. */
function asking(component: ComponentIndex, reaches: readonly Reach[]): SelectedParserTests[] {
  const reach = reaches.find(({ words }) => component.parserTests.some((file) => sharesWord(file.words, words)));
  if (reach === undefined) return [];
  const files = component.parserTests.filter(({ words }) => reaches.some((one) => sharesWord(words, one.words)));
  return [{ component: component.path, files: files.map(({ path }) => path), because: wayOf(reach) }];
}

function sharesWord(used: readonly string[], words: readonly string[] | undefined): boolean {
  return words?.some((word) => used.includes(word)) === true;
}

function wayOf(reach: Reach): BecauseStep[] {
  return [...pathTo(reach.from), { what: reach.component, how: reach.how }];
}
