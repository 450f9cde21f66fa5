/** Facts about a small set, for tests of the planner: `facts({ Echo: {}, Thanks: { requires: {...} } })`. */
import type { SourceRange } from '../../../src/kernel/diagnostic.ts';
import { parseComponentName } from '../../../src/resolve/sets/component-name.ts';
import type { ExtensionSet, SetComponent } from '../../../src/resolve/sets/extension-set.ts';
import type { Requirements } from '../../../src/resolve/lock/lockfile.ts';
import type { ComponentFacts } from '../../../src/resolve/lock/plan-lock.ts';

export interface FactsOf {
  readonly version?: string;
  readonly registered?: string;
  readonly requires?: Requirements;
  readonly url?: string;
  /** Of the set's YAML. @default 1 */
  readonly line?: number;
}

const place = (file: string): SourceRange => ({ file, line: 1, column: 1, length: 1 });

export function component(name: string): SetComponent {
  const named = parseComponentName(name);
  if (named === undefined) throw new Error(name);
  const at = place('a.yaml');
  return {
    name,
    kind: named.kind,
    path: named.path,
    url: `https://e/${name}`,
    at,
    origin: { set: 'demo', at, via: [] },
  };
}

export function facts(components: Readonly<Record<string, FactsOf>>): ComponentFacts[] {
  return Object.entries(components).map(([name, { version, registered, requires, url, line = 1 }]) => ({
    component: { ...component(name), at: { ...place('a.yaml'), line }, ...(url === undefined ? {} : { url }) },
    chosen: { ref: 'refs/heads/master', commit: 'c'.repeat(40) },
    tree: 'd'.repeat(40),
    manifests: [
      {
        said: {
          ...(version === undefined ? {} : { version }),
          registered: registered ?? name.replace(/^skins\//, ''),
          ...(requires === undefined ? {} : { requires }),
        },
        at: (path: readonly string[]) => ({ ...place(`${name}@ccccccc:extension.json`), line: path.length + 1 }),
      },
    ],
    submodules: [],
  }));
}

export function setOf(platform: ExtensionSet['platform'] = {}): ExtensionSet {
  const none = { extends: [], branches: [], variables: {}, requires: [], patches: [], groups: {}, components: [] };
  return { name: 'demo', file: 'a.yaml', platform, ...none };
}
