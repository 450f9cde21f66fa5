/** The facts of a plan: inventories of the lock's trees, keys from them, and what earlier builds left in the store. */
import pLimit from 'p-limit';
import type { BlobStore } from '../../kernel/blob-store.ts';
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import type { Digest } from '../../kernel/digest.ts';
import { nearest } from '../../kernel/nearest.ts';
import { all, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { LocalisationConfig } from '../../kernel/workspace.ts';
import type { YamlPath } from '../../kernel/yaml-document.ts';
import type { GitObjects, LockedComponent, Lockfile } from '../../resolve/index.ts';
import { openTree } from '../layers/open-tree.ts';
import { chooseHot } from './hot-languages.ts';
import { recallInventory, takeInventory, type MessageTree } from './inventory.ts';
import { languageInputs, type Inputs, type Mounted } from './language-keys.ts';
import {
  codePair,
  recallLanguage,
  recallSame,
  recallSnapshot,
  recordOf,
  type LocalisationFacts,
} from './localisation-facts.ts';
import { messageTrees, withPatches } from './message-trees.ts';

/** `localisation:` of mwpipe.yaml. */
export interface LocalisationSettings {
  readonly languages: 'all' | readonly string[];
  readonly hot: readonly string[];
  readonly opcacheBytes: number;
  /** Where a value below `localisation:` was typed. */
  readonly at?: (path: YamlPath) => SourceRange;
}

/** @param at where a value of the whole file was typed */
export function localisationSettings(
  { languages, hot, opcache }: LocalisationConfig,
  at: (path: YamlPath) => SourceRange,
): LocalisationSettings {
  return {
    languages,
    hot: hot ?? (languages === 'all' ? ['en'] : languages),
    opcacheBytes: opcache * 1024 * 1024,
    at: (path) => at(['localisation', ...path]),
  };
}

export interface LocalisationRequest {
  /** With patches on top, where there are any. */
  readonly lock: Lockfile;
  /** Image ID. */
  readonly runtime: Digest;
  readonly settings: LocalisationSettings;
}

export interface LocalisationReadPorts {
  readonly blobs: BlobStore;
  readonly objects: GitObjects;
}

const FETCHES_AT_ONCE = 4;

/** @returns fails as fetching does, and with `build/unknown-language` */
export async function readLocalisation(
  request: LocalisationRequest,
  ports: LocalisationReadPorts,
  context: RunContext<never>,
): Promise<Outcome<LocalisationFacts>> {
  const { lock, settings } = request;
  const reading = { request, ports, context, read: new Map<string, Promise<Outcome<Mounted>>>() };
  const base = await readInputs((tree) => tree, reading);
  if (!base.ok) return base;
  const top = isPatched(lock) ? await readInputs((_, patched) => patched, reading) : undefined;
  if (top?.ok === false) return top;
  const read = {
    set: lock.set,
    load: manifestsOf(lock),
    hot: settings.hot,
    opcacheBytes: settings.opcacheBytes,
    base: base.value,
    ...(top === undefined ? {} : { patched: top.value }),
    secret: lock.visibility === 'private',
  };
  return settle(await recalled(read, ports.blobs), unknownLanguages(settings, base.value));
}

interface Reading {
  readonly request: LocalisationRequest;
  readonly ports: LocalisationReadPorts;
  readonly context: RunContext<never>;
  /** By tree and place: most trees are the same without the patches. */
  readonly read: Map<string, Promise<Outcome<Mounted>>>;
}

/** @param choose a component's tree, as it was committed or with what is on top */
async function readInputs(
  choose: (committed: MessageTree, patched: MessageTree) => MessageTree,
  { request, ports, context, read }: Reading,
): Promise<Outcome<Inputs>> {
  const { lock, runtime, settings } = request;
  const limit = pLimit(FETCHES_AT_ONCE);
  const pairs = lock.components.flatMap(treePairs);
  const inventories = await Promise.all(
    pairs.map(([committed, patched]) => {
      const tree = choose(committed, patched);
      const name = `${tree.tree} ${tree.path}`;
      const mounted = read.get(name) ?? limit(() => readMounted(tree, { committed, ports, context }));
      read.set(name, mounted);
      return mounted;
    }),
  );
  const mounted = all(inventories);
  if (!mounted.ok) return mounted;
  return ok(languageInputs({ runtime, load: manifestsOf(lock), mounted: mounted.value, wanted: settings.languages }));
}

function treePairs(component: LockedComponent): (readonly [committed: MessageTree, patched: MessageTree])[] {
  const patched = messageTrees(withPatches(component));
  return messageTrees(component).map((tree, index) => [tree, patched[index] ?? tree]);
}

interface Taking {
  readonly committed: MessageTree;
  readonly ports: LocalisationReadPorts;
  readonly context: RunContext<never>;
}

/** A patched tree is there as soon as the commit below it is. */
async function readMounted(tree: MessageTree, { committed, ports, context }: Taking): Promise<Outcome<Mounted>> {
  const known = await recallInventory(tree, ports.blobs);
  if (known !== undefined) return ok({ path: tree.path, inventory: known });
  const opened = await openTree(committed, ports.objects, context);
  return opened.ok ? ok({ path: tree.path, inventory: await takeInventory(tree, ports) }) : opened;
}

function isPatched({ components }: Lockfile): boolean {
  return components.flatMap(treePairs).some(([committed, patched]) => committed.tree !== patched.tree);
}

function manifestsOf({ components }: Lockfile): string[] {
  return components.flatMap(messageTrees).flatMap(({ path, manifests }) => manifests.map((one) => `${path}/${one}`));
}

/** What earlier builds left. */
async function recalled(
  read: Omit<LocalisationFacts, 'known' | 'last' | 'sameCode'>,
  blobs: BlobStore,
): Promise<LocalisationFacts> {
  const { chosen } = chooseHot(read);
  const sides = [read.base, ...(read.patched === undefined ? [] : [read.patched])];
  const records = sides.flatMap(({ languages }) => {
    return [...languages].map(([code, { key }]) => recordOf(key, chosen.includes(code) ? 'array' : 'cdb'));
  });
  const found = await Promise.all(
    [...new Set(records)].map(async (one) => [one, await recallLanguage(one, blobs)] as const),
  );
  const known = new Map(
    found.flatMap(([record, language]) => (language === undefined ? [] : [[record, language] as const])),
  );
  const last = await recallSnapshot(read.set, blobs);
  const codes = new Set([...[...known.values()].map(({ code }) => code), read.base.code]);
  const pairs = [...codes].flatMap((before) => sides.map(({ code }) => codePair(before, code)));
  const same = await Promise.all(pairs.map(async (pair) => ((await recallSame(pair, blobs)) ? [pair] : [])));
  return { ...read, known, ...(last === undefined ? {} : { last }), sameCode: new Set(same.flat()) };
}

function unknownLanguages({ languages, hot, at }: LocalisationSettings, inputs: Inputs): Diagnostic[] {
  const listed = languages === 'all' ? [] : languages;
  const unknown = listed.flatMap((code, index) => {
    return inputs.languages.has(code) ? [] : [unknownLanguage(code, { inputs, at: at?.(['languages', index]) })];
  });
  const left = hot.flatMap((code, index) => {
    return inputs.languages.has(code) || listed.includes(code) ? [] : [notBaked(code, at?.(['hot', index]))];
  });
  return [...unknown, ...left];
}

function unknownLanguage(
  code: string,
  { inputs, at }: { readonly inputs: Inputs; readonly at: SourceRange | undefined },
): Diagnostic {
  const meant = nearest(code, inputs.available);
  return {
    code: 'build/unknown-language',
    message: `this MediaWiki has no language ${quote(code)}`,
    hint:
      meant === undefined ? `it has ${inputs.available.length}: languages/messages of core` : `did you mean ${meant}?`,
    ...(at === undefined ? {} : { at }),
  };
}

function notBaked(code: string, at: SourceRange | undefined): Diagnostic {
  return {
    code: 'build/unknown-language',
    message: `${quote(code)} is hot, but not among the languages of the cache`,
    hint: 'add it to localisation.languages, or take it out of localisation.hot',
    ...(at === undefined ? {} : { at }),
  };
}
