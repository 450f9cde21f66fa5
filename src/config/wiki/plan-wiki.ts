/** What adding a wiki will do, from facts alone: which files of which overlay change, and what runs once. */
import { basename } from 'node:path';
import { ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { Wiki } from '../settings/farm.ts';
import { checkWish } from './check-wish.ts';
import { addToDblist } from './edit-dblist.ts';
import { addWikiEntry, type WikiEntry } from './edit-wikis.ts';
import type { OverlayTexts, WikiFacts, WikiWish } from './wiki-facts.ts';

export interface FileEdit {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly because: string;
}

export interface WikiPlan {
  readonly version: 1;
  readonly wiki: WikiEntry & { readonly name: string };
  readonly overlay: string;
  /** None where the overlays have the wiki already: then only what is missing runs. */
  readonly edits: readonly FileEdit[];
  readonly once: readonly { readonly act: 'database' | 'tables'; readonly because: string }[];
  /** What people should look at. */
  readonly notes: readonly string[];
}

/** @returns fails with `wiki/*`, all mistakes at once */
export function planWiki(facts: WikiFacts): Outcome<WikiPlan> {
  const { wish, farm } = facts;
  const like = wish.like === undefined ? undefined : farm?.wikis.get(wish.like);
  const wrong = checkWish(facts);
  if (wrong.length > 0) return settle(undefined as never, wrong);
  const there = farm?.wikis.get(wish.name);
  const entry = there === undefined ? entryOf(wish, { like, typed: facts.likeEntry }) : knownEntry(there);
  const overlay = overlayFor(facts, there ?? like);
  // A killed run may have written the first of several files.
  const edits = [...(there === undefined ? [entryEdit({ facts, entry, overlay })] : []), ...listEdits(facts, like)];
  return ok({
    version: 1,
    wiki: { name: wish.name, ...entry },
    overlay: overlay.name,
    edits,
    once: [
      { act: 'database', because: `${wish.name} has a database of its own` },
      { act: 'tables', because: 'core and each extension that its settings load' },
    ],
    notes:
      there === undefined ? notesFor(facts, like) : [`the overlays have ${wish.name} already: going on from there`],
  });
}

function entryOf(
  wish: WikiWish,
  { like, typed }: { readonly like: Wiki | undefined; readonly typed: WikiEntry | undefined },
): WikiEntry {
  const tags = wish.tags ?? typed?.tags;
  const language = wish.language ?? typed?.language;
  return {
    hosts: wish.hosts ?? [hostFor(wish, like)],
    ...(typed?.version === undefined ? {} : { version: typed.version }),
    ...(language === undefined ? {} : { language }),
    ...(typed?.site === undefined ? {} : { site: typed.site }),
    ...(tags === undefined ? {} : { tags }),
  };
}

function knownEntry({ hosts, version, language }: Wiki): WikiEntry {
  return {
    hosts,
    ...(version === undefined ? {} : { version }),
    ...(language === undefined ? {} : { language }),
  };
}

/** en.wikinews.example for `en` becomes de.wikinews.example for `de`; else a name that leads to this machine. */
function hostFor({ name, language }: WikiWish, like: Wiki | undefined): string {
  const [host] = like?.hosts ?? [];
  const from = like?.language;
  if (
    host !== undefined &&
    from !== undefined &&
    language !== undefined &&
    language !== from &&
    host.startsWith(`${from}.`)
  ) {
    return `${language}${host.slice(from.length)}`;
  }
  return `${name.replaceAll('_', '-')}.localhost`;
}

function overlayFor({ wish, overlays }: WikiFacts, from: Wiki | undefined): OverlayTexts {
  const last = overlays.at(-1);
  if (last === undefined) throw new Error('a target has at least one overlay');
  const named = overlays.find(({ name }) => name === wish.overlay);
  const home = overlays.find(({ wikis }) => wikis.file === from?.at.file);
  return named ?? home ?? overlays.findLast(({ wikis }) => wikis.text !== '') ?? last;
}

function entryEdit({
  facts: { wish, farm, only },
  entry,
  overlay,
}: {
  readonly facts: WikiFacts;
  readonly entry: WikiEntry;
  readonly overlay: OverlayTexts;
}): FileEdit {
  const { file, text } = overlay.wikis;
  const first = farm === undefined ? addWikiEntry(text, { name: only.name, entry: { hosts: only.hosts } }) : text;
  const because =
    farm === undefined
      ? `the first farm: ${only.name} and ${wish.name}`
      : `${wish.name} answers at ${entry.hosts.join(', ')}`;
  return { file, before: text, after: addWikiEntry(first, { name: wish.name, entry }), because };
}

/** Of the lists that have `like`, those that lack the new one. */
function listEdits({ wish, farm, overlays }: WikiFacts, like: Wiki | undefined): FileEdit[] {
  if (like === undefined) return [];
  return overlays
    .flatMap(({ lists }) => lists)
    .filter(({ name }) => farm?.lists.get(name)?.includes(like.name) === true)
    .map(({ file, text }) => ({
      file,
      before: text,
      after: addToDblist(text, wish.name),
      because: `it has ${like.name}`,
    }))
    .filter(({ before, after }) => before !== after);
}

function notesFor({ ownSettings }: WikiFacts, like: Wiki | undefined): string[] {
  if (like === undefined || ownSettings.length === 0) return [];
  const places = ownSettings.map(({ setting, at }) => `${setting} (${basename(at.file)}:${at.line})`);
  return [`${like.name} alone has values of ${places.join(', ')}: not copied`];
}
