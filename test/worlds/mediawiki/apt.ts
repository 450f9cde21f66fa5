/**
 * Fetches MediaWiki's source package with a private apt state: the machine's own mirrors, Debian trixie's signed index,
 * nothing of the machine's package lists touched.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../../../src/kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../../src/kernel/outcome.ts';
import type { RunContext } from '../../../src/kernel/run-context.ts';
import { runCommand, type CommandResult } from '../command.ts';
import type { WorldEvent } from './events.ts';

export const TARBALL = /^mediawiki_[\d.]+(\+dfsg)?\.orig\.tar\.gz$/;
const RELEASE = 'trixie';
/** The version whose commits are in the committed lockfiles; the newest one where the archive has dropped it. */
const KNOWN_VERSION = '1:1.43.9+dfsg-1~deb13u1';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Puts `mediawiki_….orig.tar.gz` into `folder`, whole or not at all; apt checks signature and hash. */
export async function fetchSource(
  folder: string,
  scratch: string,
  context: RunContext<WorldEvent>,
): Promise<Outcome<string>> {
  const mirrors = await debianMirrors(folder, context.signal);
  if (!mirrors.ok) return mirrors;
  const apt = await privateApt(join(scratch, 'apt'), mirrors.value, context.signal);
  const updated = await apt.run(['update']);
  if (updated.code !== 0) return fail(aptFailed('update', updated));
  const downloads = join(scratch, 'download');
  await mkdir(downloads, { recursive: true });
  const source = ['source', '--download-only'];
  const known = await apt.run([...source, `mediawiki=${KNOWN_VERSION}`], downloads);
  const fetched = known.code === 0 ? known : await apt.run([...source, 'mediawiki'], downloads);
  const file = (await readdir(downloads)).find((name) => TARBALL.test(name));
  if (fetched.code !== 0 || file === undefined) return fail(aptFailed('source mediawiki', fetched));
  await mkdir(folder, { recursive: true });
  await rename(join(downloads, file), join(folder, file));
  await rm(scratch, { recursive: true, force: true });
  return ok(join(folder, file));
}

interface Mirror {
  readonly uri: string;
  readonly suite: string;
}

/** The archives that this machine takes its packages from, with trixie's suites in place of its own. */
async function debianMirrors(folder: string, signal: AbortSignal): Promise<Outcome<readonly Mirror[]>> {
  const system = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const codename = /^VERSION_CODENAME=(\S+)/m.exec(system)?.[1];
  if (!/^ID=debian$/m.test(system) || codename === undefined) return fail(noApt('this is no Debian', folder));
  if (!existsSync(KEYRING))
    return fail(noApt(`there is no ${KEYRING}`, folder, 'apt-get install debian-archive-keyring'));
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
  const targets = await runCommand(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'], { signal });
  if (targets.code !== 0) return fail(noApt(`apt-get: ${targets.stderr.trim()}`, folder));
  const suites = new Map([
    [codename, RELEASE],
    [`${codename}-security`, `${RELEASE}-security`],
  ]);
  const lines = targets.stdout.split('\n').map((line) => line.split(' '));
  const mirrors = lines.flatMap(([uri = '', suite = '', component]) => {
    const wanted = suites.get(suite);
    return wanted === undefined || component !== 'main' ? [] : [{ uri, suite: wanted }];
  });
  if (!mirrors.some((mirror) => mirror.suite === RELEASE)) {
    return fail(noApt(`apt's sources name no archive with ${codename} main`, folder));
  }
  return ok(mirrors);
}

interface PrivateApt {
  run(args: readonly string[], cwd?: string): Promise<CommandResult>;
}

async function privateApt(state: string, mirrors: readonly Mirror[], signal: AbortSignal): Promise<PrivateApt> {
  await mkdir(join(state, 'lists', 'partial'), { recursive: true });
  await mkdir(join(state, 'cache', 'archives', 'partial'), { recursive: true });
  const list = join(state, 'sources.list');
  const lines = mirrors.map(({ uri, suite }) => `deb-src [signed-by=${KEYRING}] ${uri} ${suite} main\n`);
  await writeFile(list, [...new Set(lines)].join(''));
  const options = [
    `Dir::Etc::sourcelist=${list}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::Lists=${join(state, 'lists')}`,
    `Dir::Cache=${join(state, 'cache')}`,
    'Acquire::Languages=none',
    'Acquire::Retries=2',
    'APT::Sandbox::User=root', // its own user can't write below a private home
  ].flatMap((option) => ['-o', option]);
  return {
    run: (args, cwd) =>
      runCommand(['apt-get', '-q', ...options, ...args], { signal, ...(cwd === undefined ? {} : { cwd }) }),
  };
}

function aptFailed(what: string, result: CommandResult): Diagnostic {
  const lines = result.stderr.split('\n').filter((line) => /^E: |Err/.test(line));
  return {
    code: 'world/apt-failed',
    message: `apt-get ${what} ended with ${result.code}: ${(lines[0] ?? result.stderr).trim()}`,
    hint: `is the mirror reachable? try: apt-get update; it must have source packages (deb-src) of ${RELEASE}`,
    exit: 'outside',
  };
}

function noApt(why: string, folder: string, remedy?: string): Diagnostic {
  const byHand = `put mediawiki_${KNOWN_VERSION.replace(/^\d+:|-[^-]*$/g, '')}.orig.tar.gz (Debian ${RELEASE}'s source package mediawiki) into ${folder}`;
  return {
    code: 'world/no-source',
    message: `MediaWiki's source can't be fetched by apt: ${why}`,
    hint: remedy === undefined ? byHand : `${remedy}, or ${byHand}`,
    exit: 'outside',
  };
}
