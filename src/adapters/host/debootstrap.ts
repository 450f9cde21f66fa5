/** Bootstraps a runtime's base with debootstrap, from the archive that this machine's apt uses, signed by Debian. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseBootstrap, BaseImage, BaseSpec, BuildEvent } from '../../build/index.ts';
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { systemCodeOf } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { aptSources, debianArchive, INDEX_FORMAT, KEYRING, type DebianArchive } from './apt-sources.ts';
import { output, run } from './child.ts';

type Context = RunContext<BuildEvent>;

/** @param folder where root file systems stand while they are made */
export function debootstrap(folder: string, blobs: BlobStore): BaseBootstrap {
  return {
    bootstrap: async (spec, context) => {
      const archive = await readyHost(context);
      if (!archive.ok) return archive;
      await sweep(folder);
      const root = join(folder, `${process.pid}-${randomUUID()}`);
      try {
        return await bootstrapIn(root, { spec, archive: archive.value, blobs, context });
      } finally {
        await rm(root, { recursive: true, force: true });
      }
    },
  };
}

/** Everything that the host lacks, at once. */
async function readyHost({ signal }: Context): Promise<Outcome<DebianArchive>> {
  const [first, ...others] = [
    ...(process.getuid?.() === 0 ? [] : [notRoot]),
    ...((await has('debootstrap', signal)) ? [] : [missing('debootstrap')]),
    ...((await has('apt-get', signal)) ? [] : [notDebian]),
    ...(existsSync(KEYRING) ? [] : [missing('debian-archive-keyring')]),
  ];
  if (first !== undefined) return fail(first, ...others);
  const listing = await run(['apt-get', 'indextargets', '--format', INDEX_FORMAT, 'Identifier: Packages'], { signal });
  return debianArchive(listing.stdout);
}

async function has(program: string, signal: AbortSignal): Promise<boolean> {
  const found = await run(['sh', '-c', 'command -v "$1"', 'sh', program], { signal });
  return found.exitCode === 0;
}

/** Folders of runs that were killed: their process has ended. */
async function sweep(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    const pid = Number.parseInt(name, 10);
    if (!isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return systemCodeOf(thrown) === 'EPERM';
  }
}

interface Bootstrap {
  readonly spec: BaseSpec;
  readonly archive: DebianArchive;
  readonly blobs: BlobStore;
  readonly context: Context;
}

async function bootstrapIn(root: string, { spec, archive, blobs, context }: Bootstrap): Promise<Outcome<BaseImage>> {
  await mkdir(join(root, 'etc/dpkg/dpkg.cfg.d'), { recursive: true });
  await writeFile(join(root, 'etc/dpkg/dpkg.cfg.d/mwpipe'), DPKG);
  const include = archive.main.startsWith('https:') ? ['--include=ca-certificates'] : [];
  const made = await jailed(
    ['debootstrap', `--variant=${spec.variant}`, `--keyring=${KEYRING}`, ...include, spec.debian, root, archive.main],
    context,
  );
  if (made !== undefined) return fail(made);
  await rm(join(root, 'etc/apt/sources.list'), { force: true });
  await writeFile(join(root, 'etc/apt/sources.list.d/debian.sources'), aptSources(archive, spec.debian));
  const updated = await jailed(['chroot', root, 'sh', '-c', UPGRADE], context);
  if (updated !== undefined) return fail(updated);
  const released = await releaseDate(root);
  for (const path of CHANGING) await rm(join(root, path), { recursive: true, force: true });
  for (const path of EMPTIED) await mkdir(join(root, path), { recursive: true });
  const { digest, bytes } = await blobs.put(output(tarOf(root), context.signal));
  return ok({ digest, bytes, ...released });
}

/** The newest `Date` of the archive's signed indexes: what state of Debian this is. */
async function releaseDate(root: string): Promise<Pick<BaseImage, 'released'>> {
  const lists = join(root, 'var/lib/apt/lists');
  const names = (await readdir(lists).catch(() => [])).filter((name) => /_(In)?Release$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(lists, name), 'utf8')));
  const dates = texts.map((text) => Date.parse(/^Date: (.+)$/m.exec(text)?.[1] ?? '')).filter(Number.isFinite);
  return dates.length === 0 ? {} : { released: new Date(Math.max(...dates)).toISOString() };
}

/** The base is thrown away if the power fails, so dpkg needn't wait for the disk; nobody reads manuals in it. */
const DPKG =
  'force-unsafe-io\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/doc/*\npath-include=/usr/share/doc/*/copyright\n';
const UPGRADE = 'export DEBIAN_FRONTEND=noninteractive; apt-get -q update && apt-get -q -y upgrade && apt-get clean';

/** What differs from run to run or belongs to the host: engines mount their own. */
const CHANGING = [
  'etc/hostname',
  'etc/machine-id',
  'etc/resolv.conf',
  'var/cache/apt',
  'var/cache/debconf',
  'var/cache/ldconfig',
  'var/lib/apt/lists',
  'var/log',
];
const EMPTIED = ['var/cache/apt/archives/partial', 'var/cache/debconf', 'var/lib/apt/lists/partial', 'var/log/apt'];

/** Sorted, without owners' names, no time after 2020: as equal as the packages allow. */
function tarOf(root: string): string[] {
  const empty = ['./proc/*', './sys/*', './dev/*', './run/*', './tmp/*'].map((path) => `--exclude=${path}`);
  const normal = ['--sort=name', '--numeric-owner', '--format=gnu', '--mtime=@1577836800', '--clamp-mtime'];
  return ['tar', '--create', '--directory', root, ...normal, ...empty, '.'];
}

/**
 * In namespaces of its own, so that no mount is left behind, and dying with us: a killed run leaves a folder, which the
 * next one sweeps.
 */
async function jailed(argv: readonly string[], context: Context): Promise<Diagnostic | undefined> {
  const jail = ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child'];
  const result = await run([...jail, ...argv], {
    signal: context.signal,
    onLine: (line) => context.emit({ code: 'build/base-progress', text: line.replace(/^I: /, '') }),
  });
  if (result.exitCode === 0) return undefined;
  const full = result.tail.some((line) => /no space left on device/i.test(line));
  return {
    code: full ? 'build/base-disk-full' : 'build/base-failed',
    message: `${argv[0] ?? ''} ended with ${result.exitCode}:${result.tail.map((line) => `\n    ${line}`).join('')}`,
    hint: full
      ? 'free some space (df -h), or point MWPIPE_CACHE at a larger disk; nothing was kept'
      : 'is the archive reachable? apt-get update tells; in a container it needs --privileged. Nothing was kept',
    exit: 'outside',
  };
}

const notRoot: Diagnostic = {
  code: 'build/base-not-root',
  message: "a runtime's base is bootstrapped with chroot, which only root may",
  hint: 'run this once as root (sudo -E); later builds reuse the base from the cache and need no root',
  exit: 'outside',
};

const notDebian: Diagnostic = {
  code: 'build/base-not-debian',
  message: 'this machine has no apt, from which the Debian archive is known',
  hint: 'run this once on a Debian machine or in a Debian container, with MWPIPE_CACHE on a shared folder',
  exit: 'outside',
};

function missing(what: string): Diagnostic {
  return {
    code: `build/base-no-${what}`,
    message: `${what} is not installed`,
    hint: `apt-get install ${what}`,
    exit: 'outside',
  };
}
