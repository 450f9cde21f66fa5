/** What adding a wiki leaves behind however it ends: lines of the journal, and files that are as they were or say so. */
import {
  undoEdits,
  WIKI_ADD,
  type Bundle,
  type ConfigHost,
  type ConfigSource,
  type FileEdit,
  type WikiPlan,
} from '../config/index.ts';
import type { Diagnostic } from '../kernel/diagnostic.ts';
import type { JournalEntry } from '../kernel/home.ts';
import { ok, settle, type Outcome } from '../kernel/outcome.ts';
import type { FlowContext, TargetTools } from './tools.ts';

export interface WikiAct {
  readonly plan: WikiPlan;
  readonly bundle: Bundle;
  /** Undefined where the overlays are in no git repo. */
  readonly source: ConfigSource | undefined;
  readonly who: string;
}

/** An end is written only where a beginning was: an act that was refused at the door is none. */
export function recordAct(
  { plan, bundle, source, who }: WikiAct,
  { home }: Pick<TargetTools, 'home'>,
  { clock }: Pick<FlowContext, 'clock'>,
): (phase: JournalEntry['phase']) => Promise<Outcome<void>> {
  const run = `wiki-${clock.now().toString(36)}`;
  const data = { wiki: plan.wiki.name, bundle: bundle.hash, who, ...(source === undefined ? {} : { source }) };
  let begun = false;
  return (phase) => {
    if (phase !== 'intent' && !begun) return Promise.resolve(ok());
    begun = true;
    return home.append({ at: new Date(clock.now()).toISOString(), run, phase, act: WIKI_ADD, data });
  };
}

/**
 * The lines go away again where no instance has the bundle that they made; else they say what is live, and stay. What
 * somebody changed meanwhile stays too, and is named.
 */
export async function takeBackEdits(
  { plan, bundle }: WikiAct,
  { bundles }: { readonly bundles: Pick<ConfigHost, 'slots'> },
  context: FlowContext,
): Promise<void> {
  if (plan.edits.length === 0) return;
  const slots = await bundles.slots({ signal: new AbortController().signal });
  const serves = (slot: { readonly bundle: string | undefined; readonly apart: Readonly<Record<string, string>> }) =>
    [slot.bundle, ...Object.values(slot.apart)].includes(bundle.hash);
  if (slots.ok && !slots.value.some(serves)) {
    const { undone, changed } = await undoEdits(plan.edits);
    if (undone.length > 0) context.emit({ code: 'wiki/put-back', files: undone });
    if (changed.length > 0) context.emit({ code: 'wiki/left', files: changed, because: 'changed-since' });
    return;
  }
  const because = slots.ok ? 'served' : 'unknown';
  context.emit({ code: 'wiki/left', files: plan.edits.map(({ file }) => file), because });
}

/** Mistakes without places in files that are not as they were checked: the line shown there would be another. */
export function withoutPlaces<T>(outcome: Outcome<T>, edits: readonly FileEdit[]): Outcome<T> {
  if (outcome.ok) return outcome;
  const files = new Set(edits.map(({ file }) => file));
  const placed = ({ at, ...told }: Diagnostic): Diagnostic =>
    at === undefined || files.has(at.file) ? told : { ...told, at };
  return settle(undefined as never, outcome.diagnostics.map(placed));
}
