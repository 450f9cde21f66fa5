/** The lockfile, from facts: what was chosen for each component and what its manifest says. Pure. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, settle, type Outcome } from '../../kernel/outcome.ts';
import { checkRequires } from '../constraints/check-requires.ts';
import type { ChosenRef } from '../sets/choose-ref.ts';
import type { ExtensionSet, SetComponent } from '../sets/extension-set.ts';
import type { ComponentKind, LockedComponent, Lockfile } from './lockfile.ts';
import type { Manifest } from '../manifests/manifest.ts';

export interface ComponentFacts {
  readonly component: SetComponent;
  readonly chosen: ChosenRef;
  readonly tree: string;
  /** Undefined for kinds without one. */
  readonly manifest: Manifest | undefined;
}

/** Same facts, same lock. Fails with every unmet requirement. */
export function planLock(set: ExtensionSet, facts: readonly ComponentFacts[], setFile: string): Outcome<Lockfile> {
  const locked = facts.map((one) => ({
    component: lockComponent(one),
    at: one.manifest?.at ?? (() => one.component.at),
  }));
  const components = locked.map(({ component }) => component).sort(compareComponents);
  const core = components.find(({ kind }) => kind === 'core');
  if (core === undefined) return fail(noCore(set));
  const mediawiki = core.version ?? '';
  const lock: Lockfile = { schema: 'mwpipe.lock/2', set: set.name, mediawiki, components };
  const requiring = locked.toSorted((a, b) => compareComponents(a.component, b.component));
  const { platform } = set;
  return settle(lock, checkRequires(requiring, { set: set.name, setFile, mediawiki, platform, components }));
}

function noCore(set: ExtensionSet): Diagnostic {
  const at = { file: set.file, line: 1, column: 1, length: 1 };
  const hint = 'add the line "  - core" under components:';
  return { code: 'resolve/no-core', message: `the set "${set.name}" has no MediaWiki core`, hint, at };
}

function lockComponent({ component, chosen, tree, manifest }: ComponentFacts): LockedComponent {
  const { name, kind, path, url } = component;
  const { ref, commit, fallback } = chosen;
  return {
    ...{ name, kind, path, url, ref },
    ...(fallback === undefined ? {} : { fallback }),
    ...{ commit, tree },
    ...manifest?.said,
  };
}

const ORDER: readonly ComponentKind[] = ['core', 'vendor', 'skin', 'extension', 'library'];

function compareComponents(a: LockedComponent, b: LockedComponent): number {
  return ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.name < b.name ? -1 : 1);
}
