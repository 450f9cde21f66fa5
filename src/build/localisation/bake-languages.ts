/**
 * Runs MediaWiki's own rebuildLocalisationCache in a container of the image, and takes what it made into the blob store.
 * Nothing counts before the work has ended well and every language is there with its facts.
 */
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { z } from 'zod';
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { silent } from '../../kernel/run-context.ts';
import type { RunRequest, RunResult } from '../../kernel/runner.ts';
import type { StoredFile } from '../layers/layer-spec.ts';
import type { LocalisationEvent } from './localisation-events.ts';
import type { LocalisationPorts } from './localisation-ports.ts';

export interface BakeRequest {
  readonly image: string;
  readonly load: readonly string[];
  readonly languages: readonly string[];
  readonly hot: readonly string[];
}

export interface BakedLanguage {
  readonly files: readonly StoredFile[];
  /** What MediaWiki says that it read, or looked for in vain; paths below core. */
  readonly inputs: readonly string[];
  /** Itself, then what it falls back to. */
  readonly chain: readonly string[];
}

/** In the image; the wiki's side of it is images/common/php/MwpipeLocalisationStore.php. */
export const CACHE_FOLDER = 'srv/l10n';
/** What `mwpipe shell` calls a container that was kept. */
const LABEL = 'localisation';
const OUTPUT = '/srv/cache/baked';
/** All languages take two minutes on two slow cores. */
const DEADLINE_MS = 60 * 60_000;
const LAST_LINES = 20;

/** @returns fails as the runner does, and with `build/localisation-failed`, `build/localisation-incomplete` */
export async function bakeLanguages(
  request: BakeRequest,
  ports: Pick<LocalisationPorts, 'blobs' | 'runner' | 'threads'>,
  context: RunContext<LocalisationEvent>,
): Promise<Outcome<ReadonlyMap<string, BakedLanguage>>> {
  const found: Found = { files: new Map(), facts: new Map() };
  const log = logOf(request, context);
  const take = (_path: string, tar: AsyncIterable<Uint8Array>): Promise<void> =>
    unpack(tar, { found, blobs: ports.blobs });
  const ran = await ports.runner.run(
    { ...runRequest(request, ports.threads), collect: { paths: [OUTPUT], take } },
    { stdout: log.write, stderr: log.write },
    silent(context),
  );
  if (!ran.ok) return ran;
  if (ran.value.exitCode !== 0) return fail(bakeFailed(ran.value, log.lines()));
  return complete(request, found);
}

function runRequest({ image, load, languages, hot }: BakeRequest, threads: number): RunRequest {
  return {
    image,
    argv: [
      'php',
      'maintenance/run.php',
      'rebuildLocalisationCache',
      '--force',
      '--no-database',
      '--skip-message-purge',
      '--store-class=MwpipeBakingStore',
      `--outdir=${OUTPUT}`,
      `--lang=${languages.join(',')}`,
      `--threads=${Math.max(1, Math.min(threads, languages.length))}`,
    ],
    env: {
      MW_CONFIG_FILE: '/usr/local/lib/mwpipe/localisation-bake.php',
      MWPIPE_LOAD: load.join('\n'),
      MWPIPE_HOT: hot.join(' '),
    },
    workdir: '/srv/mediawiki',
    user: 'www-data',
    labels: { 'mwpipe.role': LABEL, 'mwpipe.run': LABEL },
    deadlineMs: DEADLINE_MS,
    keepFailed: true,
  };
}

/** What MediaWiki prints: a line for each language, which is the progress, and what went wrong. */
function logOf(
  { languages }: BakeRequest,
  context: RunContext<LocalisationEvent>,
): { readonly write: (chunk: string) => void; readonly lines: () => readonly string[] } {
  let [done, text] = [0, ''];
  const write = (chunk: string): void => {
    text = `${text}${chunk}`.slice(-8192);
    for (const [, language] of chunk.matchAll(/^Rebuilding (\S+)\.\.\.$/gm)) {
      done += 1;
      context.emit({ code: 'build/localisation-progress', done, total: languages.length, language: language ?? '' });
    }
  };
  const lines = (): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('Rebuilding '));
  return { write, lines };
}

interface Found {
  readonly files: Map<string, StoredFile>;
  readonly facts: Map<string, z.output<typeof factsSchema>>;
}

const factsSchema = z.object({ language: z.string(), fallbacks: z.array(z.string()), files: z.array(z.string()) });

async function unpack(
  tar: AsyncIterable<Uint8Array>,
  { found, blobs }: { readonly found: Found; readonly blobs: BlobStore },
): Promise<void> {
  const entries = extract();
  const fed = pipeline(tar, entries);
  fed.catch(() => undefined); // told by the loop below
  for await (const entry of entries) {
    const content = entry as AsyncIterable<Buffer>;
    const name = entry.header.name.replace(/^[^/]*\//, '');
    const facts = /^facts\/([a-z0-9-]+)\.json$/.exec(name)?.[1];
    if (facts !== undefined) found.facts.set(facts, await readFacts(content));
    else if (entry.header.type === 'file') {
      const { digest, bytes } = await blobs.put(content);
      found.files.set(name, { path: `${CACHE_FOLDER}/${name}`, digest, bytes });
    } else entry.resume();
  }
  await fed;
}

async function readFacts(entry: AsyncIterable<Buffer>): Promise<z.output<typeof factsSchema>> {
  const chunks: Buffer[] = [];
  for await (const chunk of entry) chunks.push(chunk);
  return factsSchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
}

function complete({ languages, hot }: BakeRequest, found: Found): Outcome<ReadonlyMap<string, BakedLanguage>> {
  const missing: Diagnostic[] = [];
  const baked = new Map<string, BakedLanguage>();
  for (const code of languages) {
    const file = found.files.get(hot.includes(code) ? `${code}.l10n.php` : `l10n_cache-${code}.cdb`);
    const facts = found.facts.get(code);
    if (file === undefined || facts === undefined) missing.push(notMade(code));
    else baked.set(code, { files: [file], inputs: facts.files, chain: [code, ...facts.fallbacks] });
  }
  return settle(baked, missing);
}

function bakeFailed({ exitCode, timedOut, keptAs }: RunResult, lines: readonly string[]): Diagnostic {
  const ended = timedOut ? `took longer than ${DEADLINE_MS / 60_000} minutes` : `ended with ${exitCode}`;
  return {
    code: 'build/localisation-failed',
    message: [`rebuildLocalisationCache ${ended}`, ...lines.slice(-LAST_LINES)].join('\n'),
    hint: `nothing of it is used${keptAs === undefined ? '' : `; look around in it: mwpipe shell ${LABEL}`}`,
    exit: 'failed',
  };
}

function notMade(code: string): Diagnostic {
  return {
    code: 'build/localisation-incomplete',
    message: `rebuildLocalisationCache ended well and made nothing for ${code}`,
    hint: 'nothing of it is used; take the language out of localisation.languages',
    exit: 'failed',
  };
}
