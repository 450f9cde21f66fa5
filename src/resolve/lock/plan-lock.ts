/** The lockfile, from facts: what was chosen for each component and what its manifest says. Pure. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, settle, type Outcome } from '../../kernel/outcome.ts';
import { checkRequires, type RequiringComponent } from '../constraints/check-requires.ts';
import type { ChosenRef } from '../sets/choose-ref.ts';
import type { ExtensionSet, SetComponent } from '../sets/extension-set.ts';
import type { ComponentKind, LockedComponent, LockedSubmodule, Lockfile } from './lockfile.ts';
import { manifestFile, type Manifest } from '../manifests/manifest.ts';

export interface ComponentFacts {
  readonly component: SetComponent;
  readonly chosen: ChosenRef;
  readonly tree: string;
  /** One a file that registers something; none for kinds without one. */
  readonly manifests: readonly Manifest[];
  readonly submodules: readonly LockedSubmodule[];
}

/** Same facts, same lock. Fails with every unmet requirement. */
export function planLock(set: ExtensionSet, facts: readonly ComponentFacts[], setFile: string): Outcome<Lockfile> {
  const components = facts.map(lockComponent).sort(compareComponents);
  const core = components.find(({ kind }) => kind === 'core');
  if (core === undefined) return fail(noCore(set));
  const mediawiki = core.version ?? '';
  const lock: Lockfile = { schema: 'mwpipe.lock/2', set: set.name, mediawiki, components };
  const requiring = facts.flatMap(requiringOf).sort((a, b) => compareComponents(a.component, b.component));
  const { platform } = set;
  const registered = components.flatMap(registrationsOf);
  return settle(
    lock,
    checkRequires(requiring, { set: set.name, setFile, mediawiki, platform, components: registered }),
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
    ...(submodules.length === 0 ? {} : { submodules }),
  };
}

/** What each file of a component requires, and where that was typed. */
function requiringOf(facts: ComponentFacts): RequiringComponent[] {
  const component = lockComponent(facts);
  if (facts.manifests.length === 0) return [{ component, at: () => facts.component.at }];
  return facts.manifests.map(({ said, at }) => ({ component: { ...component, requires: {}, ...said }, at }));
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

const ORDER: readonly ComponentKind[] = ['core', 'vendor', 'skin', 'extension', 'library'];

function compareComponents(a: LockedComponent, b: LockedComponent): number {
  return ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.name < b.name ? -1 : 1);
}
