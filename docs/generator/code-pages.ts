/** The pages of stable codes: what can happen (events) and what can be wrong (diagnostics). */
import { findDiagnostics, findEvents, type FoundDiagnostic, type FoundEvent } from './find-codes.ts';
import { code, head, join, table } from './markdown.ts';

export function eventsPage(root: string): string {
  const events = findEvents(root);
  return join([
    head(
      'Events',
      'What a run tells while it works: with `--json` each is a line on standard output, and `MWPIPE_DEBUG_FILE=run.jsonl`' +
        ' writes them to a file. Codes are stable; times are in milliseconds (`ms`), sizes in bytes.',
    ),
    ...byStep(events).map(([step, found]) => join([`## ${step}`, eventTable(found)])),
  ]);
}

function eventTable(events: readonly FoundEvent[]): string {
  return table(
    ['Code', 'Data', 'Meaning'],
    events.map((event) => [code(event.code), event.fields.map(code).join('<br>'), event.doc ?? '']),
  );
}

export function diagnosticsPage(root: string): string {
  const diagnostics = findDiagnostics(root);
  return join([
    head(
      'Diagnostics',
      'What can be wrong, by the code that a message ends with: `[yaml/unknown-key]`. `…` stands for what was typed or found.',
    ),
    ...byStep(diagnostics).map(([step, found]) => join([`## ${step}`, diagnosticTable(found)])),
  ]);
}

function diagnosticTable(diagnostics: readonly FoundDiagnostic[]): string {
  return table(
    ['Code', 'Message', 'What to do'],
    diagnostics.map(({ code: name, messages, hints }) => [code(name), messages.join('<br>'), hints.join('<br>')]),
  );
}

/** In the order of codes, so that a page doesn't change when code moves. */
function byStep<T extends { readonly code: string }>(found: readonly T[]): [string, T[]][] {
  const sorted = found.toSorted((a, b) => (a.code < b.code ? -1 : 1));
  return Object.entries(Object.groupBy(sorted, ({ code: name }) => name.split('/')[0] ?? '')).map(([step, list]) => [
    step,
    list ?? [],
  ]);
}
