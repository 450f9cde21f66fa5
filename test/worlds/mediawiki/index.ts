/**
 * A real world to work on: MediaWiki's source from Debian, as the repos that Gerrit has, with branches and two trains.
 * Made once for each version of this code and source, beside its place, then renamed into it.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MwpipeError, messageOf } from '../../../src/kernel/error.ts';
import { ok, type Outcome } from '../../../src/kernel/outcome.ts';
import type { RunContext } from '../../../src/kernel/run-context.ts';
import { publish, sweep } from '../publish.ts';
import { fetchSource, TARBALL } from './apt.ts';
import type { WorldEvent } from './events.ts';
import { writeRemotes } from './write-remotes.ts';

export { worldCheckout } from './checkout.ts';
export { worldLine, type WorldEvent } from './events.ts';

export interface World {
  /** Folder of the bare repos: `mediawiki/core.git`, `mediawiki/extensions/Cite.git`, ... */
  readonly remotes: string;
  /** MW_VERSION of the source: what REL1_43 says. */
  readonly release: string;
  /** `core`, `vendor`, `extensions/Cite`, `skins/Vector`, ... */
  readonly components: readonly string[];
}

export interface WorldRequest {
  /** mwpipe's cache folder: the world lives in `world` below it. */
  readonly cache: string;
  readonly context: RunContext<WorldEvent>;
}

/** Raise it when the history changes: a world made before is made again. */
const WORLD_VERSION = 1;
/** The source whose commits the committed lockfiles name: 1.43.9+dfsg of Debian trixie. */
const KNOWN_SHA256 = '3ce10f2f725e11c9da07a0e4f9db7cc7a761ec24a709e9efce6230c08050a9e2';

/**
 * The world, made where it isn't there yet (a minute or less) or where this code or the source is another.
 * @returns fails with `world/no-source`, `world/apt-failed`
 */
export async function ensureWorld({ cache, context }: WorldRequest): Promise<Outcome<World>> {
  const root = join(cache, 'world');
  const made = await readWorld(root);
  if (made !== undefined) {
    context.emit({ code: 'world/reused', remotes: made.components.length });
    return ok(made);
  }
  await mkdir(root, { recursive: true });
  await sweep(root, context.clock);
  const scratch = join(root, `.making-${randomUUID()}`);
  try {
    const source = await findSource(root, scratch, context);
    if (!source.ok) return source;
    return ok(await makeWorld({ root, scratch, source: source.value }, context));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface WorldRecord {
  readonly version: number;
  readonly release: string;
  readonly components: readonly string[];
}

async function readWorld(root: string): Promise<World | undefined> {
  const text = await readFile(join(root, 'remotes', 'world.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const record = JSON.parse(text) as WorldRecord;
  return record.version === WORLD_VERSION ? { ...record, remotes: join(root, 'remotes') } : undefined;
}

async function findSource(root: string, scratch: string, context: RunContext<WorldEvent>): Promise<Outcome<string>> {
  const folder = join(root, 'source');
  const here = (await readdir(folder).catch(() => []))
    .filter((name) => TARBALL.test(name))
    .sort()
    .at(-1);
  if (here !== undefined) {
    const file = join(folder, here);
    context.emit({ code: 'world/source-found', file, bytes: (await stat(file)).size });
    return ok(file);
  }
  const started = context.clock.now();
  const fetched = await fetchSource(folder, scratch, context);
  if (!fetched.ok) return fetched;
  const { size: bytes } = await stat(fetched.value);
  context.emit({ code: 'world/source-fetched', file: fetched.value, bytes, ms: context.clock.now() - started });
  return fetched;
}

async function makeWorld(
  place: { readonly root: string; readonly scratch: string; readonly source: string },
  context: RunContext<WorldEvent>,
): Promise<World> {
  const started = context.clock.now();
  const remotes = join(place.scratch, 'remotes');
  await mkdir(remotes, { recursive: true });
  const written = await writeRemotes(place.source, remotes, context).catch((cause: unknown) => {
    context.signal.throwIfAborted();
    throw new MwpipeError({
      code: 'world/not-made',
      message: `${place.source} could not be turned into repos: ${messageOf(cause)}`,
      hint: 'is there space left (df -h)? if so, remove that file and run it again: it is fetched anew',
      source: 'outside',
      cause,
    });
  });
  const { release, components, files, sourceSha256 } = written;
  if (sourceSha256 !== KNOWN_SHA256) {
    context.emit({ code: 'world/source-differs', file: place.source, expected: KNOWN_SHA256, found: sourceSha256 });
  }
  await writeFile(
    join(remotes, 'world.json'),
    `${JSON.stringify({ version: WORLD_VERSION, release, sourceSha256, components })}\n`,
  );
  const key = `${WORLD_VERSION}-${sourceSha256.slice(0, 12)}`;
  await publish({ root: place.root, made: remotes, key, record: 'world.json' });
  context.emit({ code: 'world/made', remotes: components.length, files, ms: context.clock.now() - started });
  return { remotes: join(place.root, 'remotes'), release, components };
}
