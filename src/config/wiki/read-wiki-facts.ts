/** What adding a wiki has to know: the overlays' own texts, the farm that they make, and what `like` alone has. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { Bundle } from '../bundle/bundle.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import { LISTS_FOLDER, type Overlay, type OverlayName } from '../overlay/overlay.ts';
import { stackOverlays } from '../overlay/stack-overlays.ts';
import { WIKIS_FILE } from '../settings/wikis-file.ts';
import type { WikiEntry } from './edit-wikis.ts';
import type { OverlayTexts, WikiFacts, WikiWish } from './wiki-facts.ts';
import { textOf } from './write-edits.ts';

/** @returns fails as composing does */
export async function readWikiFacts(
  wish: WikiWish,
  place: {
    readonly root: string;
    readonly overlays: readonly OverlayName[];
    readonly bundle: Bundle;
    readonly only: WikiFacts['only'];
  },
): Promise<Outcome<WikiFacts>> {
  const stack = await stackOverlays(place.root, place.overlays);
  if (!stack.ok) return stack;
  const overlays = await Promise.all(stack.value.map((overlay) => textsOf(place.root, overlay)));
  const likeEntry = wish.like === undefined ? undefined : entryOf(wish.like, overlays);
  return ok({
    wish,
    overlays,
    farm: place.bundle.farm,
    likeEntry,
    only: place.only,
    checkout: stack.value.find(({ checkout }) => checkout !== undefined)?.name,
    ownSettings: ownOf(wish.like, stack.value),
  });
}

async function textsOf(root: string, { name }: Overlay): Promise<OverlayTexts> {
  const folder = join(root, 'config-overlays', name);
  const wikis = join(folder, WIKIS_FILE);
  const names = await readdir(join(folder, LISTS_FOLDER)).catch((): string[] => []);
  const lists = names.filter((file) => file.endsWith('.dblist')).sort();
  return {
    name,
    wikis: { file: wikis, text: await textOf(wikis) },
    lists: await Promise.all(
      lists.map(async (list) => {
        const file = join(folder, LISTS_FOLDER, list);
        return { name: basename(list, '.dblist'), file, text: await textOf(file) };
      }),
    ),
  };
}

/** The last overlay that names it says all of it; the files were checked when they were composed. */
function entryOf(name: string, overlays: readonly OverlayTexts[]): WikiEntry | undefined {
  for (const { wikis } of overlays.toReversed()) {
    const document = parse(wikis.text) as { readonly wikis?: Readonly<Record<string, WikiEntry | null>> } | null;
    const entry = document?.wikis?.[name];
    if (entry !== undefined) return entry ?? undefined;
  }
  return undefined;
}

function ownOf(like: string | undefined, stack: readonly Overlay[]): WikiFacts['ownSettings'] {
  if (like === undefined) return [];
  return stack.flatMap(({ settings }) => {
    if (!(settings?.value instanceof Map)) return [];
    return [...(settings.value as Map<unknown, unknown>)].flatMap(([setting, byWiki]) => {
      const keys = byWiki instanceof Map ? [...byWiki.keys()] : [];
      const own = [like, `+${like}`].find((key) => keys.includes(key));
      return own === undefined ? [] : [{ setting: String(setting), at: settings.at([String(setting), own]) }];
    });
  });
}
