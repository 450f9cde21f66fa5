/**
 * The config that code takes along when it is gone back to: the newest that passes on it. Usually what is live, which passed
 * there when it was pushed: then nothing is evaluated.
 */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { JournalEntry } from '../../kernel/home.ts';
import { ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { openBundle } from '../bundle/open-bundle.ts';
import { checkInImages } from '../check/check-bundle.ts';
import { checkVersions } from '../check/wikis-of-image.ts';
import type { ConfigEvent } from '../events.ts';
import type { ConfigPorts } from '../ports.ts';
import { commitOf, configsToTry, wasChecked } from './history.ts';

export interface ConfigWish {
  readonly image: string;
  /** MW_VERSION of the image. */
  readonly mediawiki: string;
  /** What users have now, on the code that is left. */
  readonly live: string | undefined;
  /** What the slot has that is gone back to: it passed there. */
  readonly own: string | undefined;
  /** What the release there was made live with: it passed too. */
  readonly madeWith: string;
}

/** A bundle that does not pass. */
export interface RefusedConfig {
  readonly bundle: string;
  readonly commit?: string;
  readonly because: Diagnostic;
}

export interface ConfigForImage {
  /** Undefined where none passes. */
  readonly bundle: string | undefined;
  readonly commit?: string;
  /** Whether it had passed in this image before, so that nothing was evaluated. */
  readonly known: boolean;
  /** Newer ones, the newest first. */
  readonly refused: readonly RefusedConfig[];
}

/** Moves nothing. @returns fails as the home does; that no config passes is a result */
export async function configForImage(
  wish: ConfigWish,
  ports: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<ConfigForImage>> {
  const journal = await ports.home.journal();
  if (!journal.ok) return journal;
  const refused: RefusedConfig[] = [];
  for (const bundle of configsToTry(journal.value, wish)) {
    const known = isKnown(bundle, wish, journal.value);
    const passes = await passesIn({ bundle, known, wish }, ports, context);
    const named = { bundle, ...commitIn(journal.value, bundle) };
    if (passes.ok) return ok({ ...named, known, refused });
    refused.push({ ...named, because: passes.diagnostics[0] });
  }
  return ok({ bundle: undefined, known: false, refused });
}

/** Image and bundle never change: what one made of the other stays true, whoever asked. */
function isKnown(bundle: string, { image, own, madeWith }: ConfigWish, journal: readonly JournalEntry[]): boolean {
  return bundle === own || bundle === madeWith || wasChecked(journal, { bundle, image });
}

/** What was accepted beside another version may name wikis of that one: who would serve them? */
async function passesIn(
  { bundle, known, wish }: { readonly bundle: string; readonly known: boolean; readonly wish: ConfigWish },
  ports: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<unknown>> {
  const packed = await ports.host.read(bundle, context);
  const opened = packed.ok ? openBundle(packed.value) : packed;
  if (!opened.ok) return opened;
  if (!known) return checkInImages({ bundle: opened.value, images: [wish.image] }, ports, context);
  return settle(undefined, checkVersions(opened.value, [wish.mediawiki]));
}

function commitIn(journal: readonly JournalEntry[], bundle: string): { readonly commit?: string } {
  const commit = commitOf(journal, bundle);
  return commit === undefined ? {} : { commit };
}
