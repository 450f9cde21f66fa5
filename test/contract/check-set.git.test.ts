/** What the checks of a set say of real repos and of the other sets of a workspace. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resolveSet, type ResolveEvent } from '../../src/resolve/index.ts';
import { gitWorld, type GitWorld } from '../worlds/git.ts';
import { quiet } from './git-ports.contract.ts';

const extension = (name: string, ...wanted: readonly string[]) => ({
  'extension.json': JSON.stringify({
    name,
    requires: { extensions: Object.fromEntries(wanted.map((one) => [one, '*'])) },
  }),
});
const setOf = (...components: readonly string[]): string => `version: 1
branches: [master]
sources:
  core: https://git.world.example/r/mediawiki/core
  extension: https://git.world.example/r/mediawiki/extensions/{name}
components: [${components.join(', ')}]
`;

async function world(sets: Readonly<Record<string, string>>, echo = extension('Notifications')): Promise<GitWorld> {
  const made = await gitWorld({
    core: { 'includes/Defines.php': "<?php\ndefine( 'MW_VERSION', '1.43.0' );\n" },
    'extensions/Echo': echo,
    'extensions/Thanks': extension('Thanks', 'Notifications'),
  });
  await mkdir(join(made.root, 'extension-sets'));
  for (const [name, text] of Object.entries(sets))
    await writeFile(join(made.root, `extension-sets/${name}.yaml`), text);
  return made;
}

it('names the set of this workspace that has what is missing, by the name that its lock says is registered', async () => {
  const sets = { demo: setOf('core', 'Thanks'), whole: setOf('core', 'Echo', 'Thanks'), broken: 'version: 9\n' };
  await using made = await world(sets);
  const request = { root: made.root, set: 'demo' };
  await resolveSet({ ...request, set: 'whole' }, made.ports, quiet);
  const resolved = await resolveSet(request, made.ports, quiet);
  const hint = 'add the line "  - Echo" under components: in extension-sets/demo.yaml (whole has it)';
  expect(resolved).toMatchObject({ ok: false, diagnostics: [{ code: 'resolve/missing-dependency', hint }] });
});

it('tells of a circle of requirements, and resolves it: MediaWiki loads it', async () => {
  await using made = await world({ demo: setOf('core', 'Echo', 'Thanks') }, extension('Notifications', 'Thanks'));
  const told: ResolveEvent[] = [];
  const emit = (event: ResolveEvent): void => void told.push(event);
  const resolved = await resolveSet({ root: made.root, set: 'demo' }, made.ports, { ...quiet, emit });
  expect(resolved.ok).toBe(true);
  expect(told).toContainEqual({ code: 'resolve/requires-cycle', components: ['Echo', 'Thanks'] });
});
