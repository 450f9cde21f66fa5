/** A lock whose components were changed: what their own manifests say now, and whether everybody still gets what they require. */
import { settle, type Outcome } from '../../kernel/outcome.ts';
import { checkRequires, type RequiringComponent } from '../constraints/check-requires.ts';
import type { LockedComponent, Lockfile } from '../lock/lockfile.ts';
import type { Manifest } from '../manifests/manifest.ts';

/** What the changed tree's own extension.json says, in place of what was merged. */
export function withManifest(component: LockedComponent, manifest: Manifest | undefined): LockedComponent {
  if (manifest === undefined) return component;
  const kept = Object.entries(component).filter(([key]) => !SAID.includes(key));
  return { ...(Object.fromEntries(kept) as Omit<LockedComponent, keyof Manifest['said']>), ...manifest.said };
}

const SAID: readonly string[] = ['version', 'registered', 'requires'] satisfies (keyof Manifest['said'])[];

/** The lock with these in place of its own components of the same name. Fails with every unmet requirement. */
export function replaceComponents(lock: Lockfile, patched: readonly RequiringComponent[]): Outcome<Lockfile> {
  const byName = new Map(patched.map(({ component }) => [component.name, component]));
  const components = lock.components.map((component) => byName.get(component.name) ?? component);
  const mediawiki = byName.get('core')?.version ?? lock.mediawiki;
  const setFile = `extension-sets/${lock.set}.yaml`;
  const untouched = components.filter(({ name }) => !byName.has(name)).map(asRequiring);
  const facts = { set: lock.set, setFile, mediawiki, platform: {}, components };
  return settle({ ...lock, mediawiki, components }, checkRequires([...patched, ...untouched], facts));
}

/** What others require was met before: where it isn't any more, a patch took it away. */
function asRequiring(component: LockedComponent): RequiringComponent {
  const file = `${component.name}@${component.commit.slice(0, 7)}:extension.json`;
  return { component, at: () => ({ file, line: 1, column: 1, length: 1 }) };
}
