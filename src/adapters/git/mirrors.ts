/**
 * Bare mirrors below the cache, one a canonical url. A mirror is made beside its place and renamed into it, so two
 * processes don't meet and a killed one leaves no half; one that is damaged all the same is made again.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MwpipeError } from '../../kernel/error.ts';
import type { GitProcesses } from './git-process.ts';

export interface MirrorRule {
  /** Prefix of a canonical url. */
  readonly from: string;
  /** What stands there instead; `{cache}` is mwpipe's cache folder. */
  readonly to: string;
}

export interface Mirrors {
  /** Where a canonical url is fetched from. */
  source(url: string): string;
  /** The folder on this disk that a canonical url is mirrored from, where that isn't there at all. */
  missing(url: string): string | undefined;
  /** Makes it where it isn't there or isn't whole. */
  open(url: string): Promise<string>;
}

export function mirrorsIn(cache: string, rules: readonly MirrorRule[], git: GitProcesses): Mirrors {
  const root = join(cache, 'git');
  const place = (url: string): string => join(root, encodeURIComponent(url));
  const ruleFor = (url: string): MirrorRule => {
    const matching = rules.filter((rule) => url.startsWith(rule.from));
    const [longest] = matching.toSorted((a, b) => b.from.length - a.from.length);
    return longest === undefined ? { from: '', to: '' } : { ...longest, to: longest.to.replace('{cache}', cache) };
  };
  const source = (url: string): string => {
    const { from, to } = ruleFor(url);
    return to + url.slice(from.length);
  };
  const missing = (url: string): string | undefined => {
    const { to } = ruleFor(url);
    return to.startsWith('file://') && !existsSync(pathOf(to)) ? pathOf(to) : undefined;
  };
  const opened = new Map<string, Promise<string>>();
  const open = (url: string): Promise<string> => {
    const known = opened.get(url);
    if (known !== undefined) return known;
    const opening = openMirror({ root, place: place(url), alternate: objectsOf(source(url)) }, git);
    opened.set(url, opening);
    opening.catch(() => opened.delete(url));
    return opening;
  };
  return { source, missing, open };
}

interface MirrorPlan {
  readonly root: string;
  readonly place: string;
  readonly alternate: string | undefined;
}

async function openMirror(plan: MirrorPlan, git: GitProcesses): Promise<string> {
  if (await isWhole(plan.place, git)) {
    await borrow(plan.place, plan.alternate);
    return plan.place;
  }
  const beside = join(plan.root, `.new-${randomUUID()}`);
  try {
    await makeBare(beside, git);
    await borrow(beside, plan.alternate);
    await replace(plan.place, beside, git);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return plan.place;
}

async function makeBare(folder: string, git: GitProcesses): Promise<void> {
  await mkdir(folder, { recursive: true });
  const made = await git.run({ args: ['init', '-q', '--bare', '-b', 'none', '--template=', folder] });
  const kept = await git.run({ args: ['-C', folder, 'config', 'gc.auto', '0'] }); // snapshots have no refs
  if (made.code === 0 && kept.code === 0) return;
  throw new MwpipeError({
    code: made.code === 127 ? 'git/missing' : 'git/no-mirror',
    message: `can't make a git mirror in ${folder}: ${(made.stderr + kept.stderr).trim()}`,
    hint: made.code === 127 ? 'install it: apt-get install git' : 'is there space left? df -h',
    source: 'outside',
  });
}

/** Another process may have put its own there meanwhile: then that one is used. */
async function replace(place: string, beside: string, git: GitProcesses): Promise<void> {
  if (existsSync(place) && !(await isWhole(place, git))) await rm(place, { recursive: true, force: true });
  await rename(beside, place).catch((cause: unknown) => {
    if (!existsSync(join(place, 'HEAD'))) throw cause;
  });
}

async function isWhole(place: string, git: GitProcesses): Promise<boolean> {
  if (!existsSync(join(place, 'HEAD')) || !existsSync(join(place, 'objects'))) return false;
  const checked = await git.run({ args: ['-C', place, 'rev-parse', '--is-bare-repository'] });
  return checked.code === 0 && checked.stdout.trim() === 'true';
}

/** Reads the objects of a repo on this disk in place, instead of copying them. */
async function borrow(mirror: string, alternate: string | undefined): Promise<void> {
  const file = join(mirror, 'objects', 'info', 'alternates');
  if (alternate === undefined) return;
  if ((await readFile(file, 'utf8').catch(() => '')) === `${alternate}\n`) return;
  await mkdir(join(mirror, 'objects', 'info'), { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, `${alternate}\n`);
  await rename(temporary, file);
}

function objectsOf(source: string): string | undefined {
  if (!source.startsWith('file://')) return undefined;
  const path = pathOf(source);
  return [`${path}.git/objects`, `${path}/.git/objects`, `${path}/objects`].find((folder) => existsSync(folder));
}

function pathOf(fileUrl: string): string {
  return fileURLToPath(fileUrl.replaceAll(' ', '%20'));
}
