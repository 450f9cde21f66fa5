/** The installed wiki that shards start from: made once for an image and what it loads, then copied. */
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredBlob } from '../kernel/blob-store.ts';
import { digestOf, type Digest } from '../kernel/digest.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Mount } from '../kernel/runner.ts';
import type { TestEvent } from './events.ts';
import type { PatchMounts } from './patch-mounts.ts';
import type { TestPorts } from './ports.ts';

export interface TestWiki {
  readonly imageId: string;
  /** Paths of the components that it loads: `extensions/Cite`. */
  readonly load: readonly string[];
  /** Mounts that change code, with what tells them from others; none for the lock's own. */
  readonly patch?: PatchMounts;
}

/** Goes up when install-wiki does something else. */
const SNAPSHOT_VERSION = 1;
const DEADLINE_MS = 300_000;

/** @returns fails with `test/install-failed` and as the runner does */
export async function ensureSnapshot(
  wiki: TestWiki,
  ports: Pick<TestPorts, 'blobs' | 'runner'> & { readonly scratch: string },
  context: RunContext<TestEvent>,
): Promise<Outcome<StoredBlob>> {
  const key = digestOf([SNAPSHOT_VERSION, wiki.imageId, wiki.load, wiki.patch?.tree ?? null]);
  const name = `wiki-snapshot/${key}`;
  const kept = await ports.blobs.recall(name);
  const stored = isDigest(kept) ? await ports.blobs.has(kept) : undefined;
  if (stored !== undefined) {
    context.emit({ code: 'test/snapshot-reused', bytes: stored.bytes });
    return ok(stored);
  }
  const started = context.clock.now();
  const made = await makeSnapshot(wiki, ports, context);
  if (!made.ok) return made;
  await ports.blobs.remember(name, made.value.digest);
  context.emit({ code: 'test/snapshot-made', bytes: made.value.bytes, ms: context.clock.now() - started });
  return made;
}

async function makeSnapshot(
  wiki: TestWiki,
  ports: Pick<TestPorts, 'blobs' | 'runner'> & { readonly scratch: string },
  context: RunContext<TestEvent>,
): Promise<Outcome<StoredBlob>> {
  await mkdir(ports.scratch, { recursive: true });
  const folder = await mkdtemp(join(ports.scratch, 'install-'));
  await chmod(folder, 0o777);
  let output = '';
  const keep = (chunk: string): void => void (output = (output + chunk).slice(-4000));
  try {
    const out: Mount = { kind: 'bind', source: folder, target: '/srv/out', readOnly: false };
    const mounts = [out, ...(wiki.patch?.mounts ?? [])];
    const argv = ['/srv/mwpipe-test/install-wiki'];
    const request = { image: wiki.imageId, argv, env: wikiEnvironment(wiki), user: 'www-data', mounts };
    const labels = { 'mwpipe.role': 'test' };
    const run = await ports.runner.run(
      { ...request, labels, deadlineMs: DEADLINE_MS },
      { stdout: keep, stderr: keep },
      { ...context, emit: () => undefined },
    );
    if (!run.ok) return run;
    if (run.value.exitCode !== 0) return fail(installFailed(output));
    return ok(await ports.blobs.put(createReadStream(join(folder, 'wiki.tar'))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function wikiEnvironment(wiki: TestWiki): Record<string, string> {
  return { MW_CONFIG_FILE: '/srv/mwpipe-test/LocalSettings.php', MWPIPE_LOAD: wiki.load.join(' ') };
}

function installFailed(output: string) {
  const last = output.trim().split('\n').slice(-6).join('\n');
  return {
    code: 'test/install-failed' as const,
    message: `the wiki for the tests could not be installed:\n${last}`,
    hint: 'does the set load at all? mwpipe deploy shows it; a broken extension.json or hook is the usual cause',
    exit: 'failed' as const,
  };
}

function isDigest(kept: unknown): kept is Digest {
  return typeof kept === 'string' && kept.startsWith('sha256:');
}
