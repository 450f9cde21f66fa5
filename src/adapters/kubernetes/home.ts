/**
 * The home of a target of kind kubernetes: lease, journal and state in its namespace, as objects that people can read. Each
 * write names the version that it changes, so two writers never lose one's words.
 */
import { z } from 'zod';
import type { Home } from '../../kernel/home.ts';
import { parseJournal } from '../../kernel/journal-lines.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { askJson, guardCluster, namesWithRole, pathOf, remove, unless, type Namespace } from './cluster.ts';
import { acquireLease, leaseHolder, type LeaseOptions } from './lease.ts';

const mapSchema = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  data: z.record(z.string(), z.string()).default({}),
});

const STATE = 'mwpipe-state';
const JOURNAL = 'mwpipe-journal-';
const ROLE = 'journal';
const KEY = 'text';
/** An append writes its whole part anew; some thousand acts fit into all of them, then the oldest part goes. */
const PART_BYTES = 128 * 1024;
const PARTS = 32;
/** Below the 1 MiB of a ConfigMap. */
const STATE_BYTES = 900 * 1024;
const ATTEMPTS = 20;

export function kubernetesHome(options: LeaseOptions): Home {
  const { namespace } = options;
  return {
    acquire: (reason, context) => {
      context.signal.throwIfAborted();
      return acquireLease(options, reason, context);
    },
    holder: () => leaseHolder(options),
    append: async (entry) => written(await guardCluster(() => append(namespace, JSON.stringify(entry)))),
    journal: () =>
      guardCluster(async () => {
        const names = await namesWithRole(namespace, ROLE);
        const parts = await Promise.all(names.map(({ name }) => readMap(namespace, name)));
        return parseJournal(parts.map((part) => part?.text ?? '').join('\n'));
      }),
    readState: () =>
      guardCluster(async () => {
        const state = await readMap(namespace, STATE);
        return state === undefined ? undefined : (JSON.parse(state.text) as unknown);
      }),
    writeState: async (state) => {
      const text = JSON.stringify(state, undefined, 1);
      if (Buffer.byteLength(text) > STATE_BYTES)
        return notWritten(`the state has grown to ${String(text.length)} bytes`);
      return written(await guardCluster(() => changeText(namespace, { name: STATE, role: 'state' }, () => text)));
    },
  };
}

/** To the newest part; a full one is followed by the next. */
async function append(namespace: Namespace, line: string): Promise<boolean> {
  const names = (await namesWithRole(namespace, ROLE)).map(({ name }) => name);
  const newest = names.at(-1) ?? partName(1);
  const fits = await changeText(namespace, { name: newest, role: ROLE }, (text) =>
    text.length + line.length > PART_BYTES && text !== '' ? undefined : `${text}${ended(text)}${line}\n`,
  );
  if (fits) return true;
  for (const old of names.slice(0, Math.max(0, names.length + 1 - PARTS))) await remove(namespace, 'configmaps', old);
  const next = partName(Number(newest.slice(JOURNAL.length)) + 1);
  return changeText(namespace, { name: next, role: ROLE }, (text) => `${text}${ended(text)}${line}\n`);
}

/** A line that was cut off gets an end first, so that the new one is whole. */
function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? '' : '\n';
}

function partName(number: number): string {
  return `${JOURNAL}${String(number).padStart(6, '0')}`;
}

async function readMap(namespace: Namespace, name: string): Promise<{ text: string; version: string } | undefined> {
  const found = await unless(404, askJson(namespace, { path: `${pathOf(namespace, 'configmaps')}/${name}` }));
  if (found === undefined) return undefined;
  const { metadata, data } = mapSchema.parse(found);
  return { text: data[KEY] ?? '', version: metadata.resourceVersion };
}

/** @returns false where `change` gave undefined, or others wrote first each time */
async function changeText(
  namespace: Namespace,
  { name, role }: { readonly name: string; readonly role: string },
  change: (text: string) => string | undefined,
): Promise<boolean> {
  const path = pathOf(namespace, 'configmaps');
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const now = await readMap(namespace, name);
    const text = change(now?.text ?? '');
    if (text === undefined) return false;
    const version = now === undefined ? {} : { resourceVersion: now.version };
    const metadata = { name, labels: { 'mwpipe.role': role }, ...version };
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [KEY]: text } };
    const request =
      now === undefined ? ({ method: 'POST', path } as const) : ({ method: 'PUT', path: `${path}/${name}` } as const);
    if ((await unless(409, namespace.client.ask({ ...request, body }))) !== undefined) return true;
  }
  return false;
}

function written(outcome: Outcome<boolean>): Outcome<void> {
  if (!outcome.ok) return outcome;
  return outcome.value ? ok() : notWritten('others wrote to it each time');
}

function notWritten(why: string): Outcome<never> {
  return fail({
    code: 'home/not-written',
    message: `the target's home could not be written: ${why}`,
    hint: 'nothing was done that is not in the journal; see: kubectl get configmaps',
    exit: 'outside',
  });
}
