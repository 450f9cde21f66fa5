/**
 * Bare mirrors below the cache, one a canonical url. A mirror is made beside its place and renamed into it, so two
 * processes don't meet and a killed one leaves no half; one that is damaged all the same is made again.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guardDisk, writeAtomically } from '../../kernel/write-atomically.ts';
import { configOf, isBareRepo, makeBareRepo, type BareRepo } from './bare-repo.ts';

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
  /** Makes it where it isn't there or isn't whole. @param commit one of its ids, where it may have to be made */
  open(url: string, commit?: string): Promise<string>;
  /** Commits without their blobs, kept apart: in a mirror, git would take what a filter left out for fetched. */
  openTrees(url: string, commit: string): Promise<string>;
  /** The file by which processes take turns at writing into a mirror. */
  lockOf(mirror: string): string;
}

export function mirrorsIn(cache: string, rules: readonly MirrorRule[]): Mirrors {
  const root = join(cache, 'git');
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
  const once = (plan: MirrorPlan): Promise<string> => {
    const known = opened.get(plan.place);
    if (known !== undefined) return known;
    const opening = guardDisk(plan.place, () => openMirror(plan));
    opened.set(plan.place, opening);
    opening.catch(() => opened.delete(plan.place));
    return opening;
  };
  const place = (url: string): string => join(root, folderName(url));
  return {
    source,
    missing,
    open: (url, commit) => once({ root, place: place(url), alternate: objectsOf(source(url)), repo: { commit } }),
    openTrees: (url, commit) =>
      once({ root, place: `${place(url)}.trees`, alternate: undefined, repo: { commit, promisor: source(url) } }),
    lockOf: (mirror) => join(root, '.locks', basename(mirror)),
  };
}

/** A file system takes 255 bytes, and locks, `.trees` and temporary names need some of them. */
const LONGEST_NAME = 200;

function folderName(url: string): string {
  const name = encodeURIComponent(url);
  if (name.length <= LONGEST_NAME) return name;
  return `${name.slice(0, LONGEST_NAME - 65)}~${createHash('sha256').update(url).digest('hex')}`;
}

interface MirrorPlan {
  readonly root: string;
  readonly place: string;
  readonly alternate: string | undefined;
  readonly repo: BareRepo;
}

async function openMirror(plan: MirrorPlan): Promise<string> {
  if (await isBareRepo(plan.place)) {
    await borrow(plan.place, plan.alternate);
    if (plan.repo.promisor !== undefined) await writeAtomically(join(plan.place, 'config'), configOf(plan.repo));
    return plan.place;
  }
  const beside = join(plan.root, `.new-${randomUUID()}`);
  try {
    await makeBareRepo(beside, plan.repo);
    await borrow(beside, plan.alternate);
    await replace(plan.place, beside);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return plan.place;
}

/** Another process may have put its own there meanwhile: then that one is used. */
async function replace(place: string, beside: string): Promise<void> {
  if (existsSync(place) && !(await isBareRepo(place))) await rm(place, { recursive: true, force: true });
  await rename(beside, place).catch((cause: unknown) => {
    if (!existsSync(join(place, 'HEAD'))) throw cause;
  });
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
