/** `wiki add` on a target in memory, with overlays on disk: what is left of it however it ends. */
import { readFile } from 'node:fs/promises';
import type { ConfigSource } from '../../src/config/index.ts';
import type { NamedWork, SlotRelease, Target, Wiki } from '../../src/deploy/ports.ts';
import { ok, type Outcome } from '../../src/kernel/outcome.ts';
import type { RunContext, StepEvent } from '../../src/kernel/run-context.ts';
import type { Runner } from '../../src/kernel/runner.ts';
import { addWiki, type AddedWiki, type AddWikiRequest, type TargetTools } from '../../src/release/index.ts';
import { composeBundle } from '../../src/config/index.ts';
import { here, policy, type Here } from './config-push.ts';
import { configPlace } from './fakes/config-host.ts';
import { overlayWorld, type OverlayWorld } from './overlays.ts';

const FILES = {
  'base/settings.yaml': 'wgSitename: { default: Wiki }\n',
  'base/wikis.yaml': 'wikis:\n  enwikinews: { hosts: [en.news.example], language: en }\n',
  'base/dblists/small.dblist': 'enwikinews\n',
};
const RELEASE = {
  number: 1,
  image: 'sha256:image',
  bundle: 'b',
  instances: 1,
  mediawiki: '1.43.9',
  set: 'demo',
  at: '2026-11-23T00:00:00Z',
  who: 'Ada',
  state: 'good',
  tables: 't',
};

export interface WikiAddWorld extends AsyncDisposable {
  readonly here: Here;
  readonly overlays: OverlayWorld;
  readonly events: StepEvent[];
  /** Of maintenance, in order. */
  readonly work: string[];
  /** Happens inside of it; a number is its exit code. */
  during: (work: NamedWork, context: RunContext) => Promise<number>;
  /** What the new wiki says of itself. */
  wikiId: string;
  source: () => Promise<Outcome<ConfigSource | undefined>>;
  add(more?: Partial<AddWikiRequest>, signal?: AbortSignal): Promise<Outcome<AddedWiki>>;
  texts(): Promise<readonly string[]>;
}

export const before = [FILES['base/wikis.yaml'], FILES['base/dblists/small.dblist']];
export const after = [
  `${FILES['base/wikis.yaml']}  dewikinews: { hosts: [de.news.example], language: de }\n`,
  'dewikinews\nenwikinews\n',
];

export async function wikiAddWorld(refused = false): Promise<WikiAddWorld> {
  const overlays = await overlayWorld(FILES);
  const target = here(configPlace({ slot: 'blue' }));
  target.storage.state = JSON.stringify({
    schema: 'mwpipe.target/1',
    releases: [RELEASE],
    slots: { blue: 1 },
    live: 'blue',
  });
  const world: WikiAddWorld = {
    here: target,
    overlays,
    events: [],
    work: [],
    during: () => Promise.resolve(0),
    wikiId: 'dewikinews',
    source: () => Promise.resolve(ok(undefined)),
    add: (more = {}, signal = new AbortController().signal) => {
      const context = { ...target.context, signal, emit: (event: StepEvent) => void world.events.push(event) };
      return addWiki({ ...requestOf(world), ...more }, toolsOf(world, refused), context);
    },
    texts: () =>
      Promise.all(
        ['wikis.yaml', 'dblists/small.dblist'].map((name) => readFile(overlays.file(`base/${name}`), 'utf8')),
      ),
    [Symbol.asyncDispose]: () => overlays[Symbol.asyncDispose](),
  };
  return world;
}

function requestOf({ overlays, source }: WikiAddWorld): AddWikiRequest {
  return {
    wish: { name: 'dewikinews', like: 'enwikinews', language: 'de' },
    dryRun: false,
    root: overlays.root,
    overlays: [{ name: 'base' }],
    policy: { ...policy, soak: 0 },
    compose: (unwritten) => composeBundle(overlays.root, ['base'], unwritten === undefined ? {} : { unwritten }),
    source,
  };
}

function toolsOf(world: WikiAddWorld, refused: boolean): TargetTools {
  const { ports } = world.here;
  const runOnce = async (_wanted: SlotRelease, work: NamedWork, context: RunContext) => {
    world.work.push(work.name);
    return ok({ exitCode: await world.during(work, context), output: 'said' });
  };
  const target: Partial<Target> = { ensureDatabase: () => Promise.resolve(ok()), runOnce };
  const body = () => `{"wikiid":"${world.wikiId}","generator":"MediaWiki 1.43.9"}`;
  const page = () => ({ status: 200, headers: {}, body: body(), ms: 1 });
  const wiki: Partial<Wiki> = { url: 'http://127.0.0.1:8080', ask: () => Promise.resolve(ok(page())) };
  return {
    name: 'docker',
    target: target as Target,
    wiki: wiki as Wiki,
    home: ports.home,
    traffic: ports.home,
    bundles: ports.host,
    router: {} as TargetTools['router'],
    runner: farmJudge(refused),
    cache: '/dev/null/nowhere',
    who: 'Ada',
  };
}

/** An image that accepts both wikis, or finds a mistake. */
function farmJudge(refused: boolean): Runner {
  const mistake = { say: 'mistake', wiki: null, level: 'parse error', message: 'no', file: '', line: 0 };
  const wikis = ['dewikinews', 'enwikinews'].map((wiki) => ({ say: 'wiki', wiki, set: {}, gone: [] }));
  const lines = refused ? [mistake] : [{ say: 'about', mediawiki: '1.43.9', wikis: 2 }, ...wikis];
  return {
    run: (_request, output) => {
      for (const line of [...lines, { say: 'end' }]) output.stdout(`${JSON.stringify(line)}\n`);
      return Promise.resolve(ok({ exitCode: 0, timedOut: false }));
    },
  };
}
