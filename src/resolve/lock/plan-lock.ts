/** The lockfile, from facts: what was chosen for each component and what its manifest says. Pure. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, settle, type Outcome } from '../../kernel/outcome.ts';
import { checkSet } from '../constraints/check-set.ts';
import type { CheckedComponent, KnownSet } from '../constraints/set-facts.ts';
import type { ChosenRef } from '../sets/choose-ref.ts';
import type { ExtensionSet, SetComponent } from '../sets/extension-set.ts';
import { compareComponents } from './component-order.ts';
import type { LockedComponent, LockedSubmodule, Lockfile } from './lockfile.ts';
import { manifestFile, type Manifest } from '../manifests/manifest.ts';

export interface ComponentFacts {
  readonly component: SetComponent;
  readonly chosen: ChosenRef;
  readonly tree: string;
  /** One a file that registers something; none for kinds without one. */
  readonly manifests: readonly Manifest[];
  readonly submodules: readonly LockedSubmodule[];
}

export interface LockNames {
  /** The set's file as people see it. */
  readonly setFile: string;
  /** Other sets of the workspace, for hints. */
  readonly known?: readonly KnownSet[];
}

/** Same facts, same lock. Fails with all that is wrong with the set, as `checkSet` does. */
export function planLock(
  set: ExtensionSet,
  facts: readonly ComponentFacts[],
  { setFile, known = [] }: LockNames,
): Outcome<Lockfile> {
  const components = facts.map(lockComponent).sort(compareComponents);
  const core = components.find(({ kind }) => kind === 'core');
  if (core === undefined) return fail(noCore(set));
  const mediawiki = core.version ?? '';
  const lock: Lockfile = { schema: 'mwpipe.lock/2', set: set.name, mediawiki, components };
  const checked = facts.flatMap(checkedOf).sort((a, b) => compareComponents(a.component, b.component));
  const { platform, requires } = set;
  const registered = components.flatMap(registrationsOf);
  return settle(
    lock,
    checkSet(checked, { set: set.name, setFile, mediawiki, platform, requires, components: registered, known }),
  );
}

function noCore(set: ExtensionSet): Diagnostic {
  const at = { file: set.file, line: 1, column: 1, length: 1 };
  const hint = 'add the line "  - core" under components:';
  return { code: 'resolve/no-core', message: `the set "${set.name}" has no MediaWiki core`, hint, at };
}

function lockComponent({ component, chosen, tree, manifests, submodules }: ComponentFacts): LockedComponent {
  const { name, kind, path, url } = component;
  const { ref, commit, fallback } = chosen;
  const files = component.manifests ?? [];
  const [main, ...further] = manifests;
  const also = further.map(({ said }, index) => ({ file: files[index + 1] ?? '', ...said }));
  return {
    ...{ name, kind, path, url, ref },
    ...(fallback === undefined ? {} : { fallback }),
    ...{ commit, tree },
    ...main?.said,
    ...(files[0] === undefined || files[0] === manifestFile(kind) ? {} : { manifest: files[0] }),
    ...(also.length === 0 ? {} : { also }),
    ...(component.build === undefined ? {} : { build: component.build }),
    ...(submodules.length === 0 ? {} : { submodules }),
  };
}

/** What each file of a component requires, and where that was typed. */
function checkedOf(facts: ComponentFacts): CheckedComponent[] {
  const component = lockComponent(facts);
  const listed = facts.component.at;
  if (facts.manifests.length === 0) return [{ component, at: () => listed, listed }];
  return facts.manifests.map(({ said, at }) => ({ component: { ...component, requires: {}, ...said }, at, listed }));
}

/** The component under each name that it registers: by any of them others may require it. */
function registrationsOf(component: LockedComponent): LockedComponent[] {
  const { name, kind, path, url, ref, commit, tree } = component;
  const further = component.also ?? [];
  return [
    component,
    ...further.map(({ registered, version }) => ({
      ...{ name, kind, path, url, ref, commit, tree },
      ...(registered === undefined ? {} : { registered }),
      ...(version === undefined ? {} : { version }),
    })),
  ];
}
