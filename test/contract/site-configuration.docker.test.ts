// needs: docker, the world
/** Values by wiki are resolved as MediaWiki's own SiteConfiguration resolves them: held against it under real PHP. */
import { beforeAll, afterAll, expect, it } from 'vitest';
import fc from 'fast-check';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { exec } from '../../src/adapters/docker/exec.ts';
import { compileSettings, replacementsOf } from '../../src/config/settings/compile-settings.ts';
import { chainOf, replaceIn, valueOfChain } from '../../src/config/settings/setting-chain.ts';
import type { PhpMap, PhpValue } from '../../src/config/settings/php-value.ts';
import type { Entries, SettingsTable } from '../../src/config/settings/settings-table.ts';
import { testContext } from '../worlds/context.ts';
import { demoImage } from '../worlds/docker/demo-image.ts';
import { valueOf } from '../worlds/overlays.ts';
import { randomTable, type RandomTable } from '../worlds/settings/random-tables.ts';
import { casesOf, comparableSettings, oracleProgram } from '../worlds/settings/site-configuration.ts';

const docker = dockerEngine();
let container: Awaited<ReturnType<typeof docker.createContainer>>;
beforeAll(async () => {
  const Image = await demoImage();
  container = await docker.createContainer({ Image, Entrypoint: ['sleep', 'infinity'], HostConfig: { Init: true } });
  await container.start();
}, 1_200_000);
afterAll(() => container.remove({ force: true }));

async function ask(tables: readonly RandomTable[]): Promise<unknown[]> {
  const file = '/srv/mediawiki/includes/config/SiteConfiguration.php';
  const stdin = oracleProgram(file, tables.flatMap(casesOf));
  const options = { argv: ['php', '-d', 'serialize_precision=17', '-d', 'memory_limit=1G', '--'], stdin };
  const said = valueOf(await exec({ docker, container: container.id }, options, testContext()));
  expect({ exitCode: said.exitCode, stderr: said.stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(said.stdout) as unknown[];
}

const at = () => ({ file: '/settings.yaml', line: 1, column: 1, length: 1 });
const tableOf = ({ settings }: RandomTable): SettingsTable =>
  new Map([...settings].map(([name, map]) => [name, entriesOf(map)]));
const entriesOf = (map: PhpMap): Entries => new Map([...map].map(([key, value]) => [key, { value, at }]));

it('resolves every entry, plus and tag as SiteConfiguration does', async () => {
  const tables = fc.sample(randomTable, 3000);
  const answers = await ask(tables);
  const ours = tables.flatMap((random) =>
    [...random.farm.wikis.values()].map(({ name, tags, language, site }) => {
      const values = [...tableOf(random)].map(([setting, entries]): [string, PhpValue] => [
        setting,
        replaceIn(valueOfChain(chainOf(entries, { name, tags }), entries), replacementsOf(language, site)),
      ]);
      return comparableSettings(new Map(values));
    }),
  );
  expect(ours).toHaveLength(9000);
  const disagreements = ours.flatMap((value, index) =>
    JSON.stringify(value) === JSON.stringify(answers[index]) ? [] : [{ ours: value, real: answers[index] }],
  );
  expect(disagreements.slice(0, 3)).toEqual([]);
});

it('gives a request the same from the layers of a bundle', async () => {
  const tables = fc.sample(randomTable, 3000).filter((random) => compileSettings(tableOf(random), random.farm).ok);
  expect(tables.length).toBeGreaterThan(300);
  const answers = await ask(tables);
  const ours = tables.flatMap((random) => {
    const { layers } = valueOf(compileSettings(tableOf(random), random.farm));
    return [...random.farm.wikis.values()].map(({ name, tags }) => {
      const parts = [layers.wikis.get(name), ...tags.map((tag) => layers.tags.get(tag)), layers.default];
      const united = new Map(parts.toReversed().flatMap((part) => [...(part ?? [])]));
      return comparableSettings(new Map([...united].sort(([a], [b]) => (a < b ? -1 : 1))));
    });
  });
  expect(ours).toEqual(answers);
});
