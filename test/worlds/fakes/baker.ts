/** A runner that answers as rebuildLocalisationCache does in an image: a file for each language, and its facts. */
import { pack } from 'tar-stream';
import { ok, type Outcome } from '../../../src/kernel/outcome.ts';
import type { OutputSink, Runner, RunRequest, RunResult } from '../../../src/kernel/runner.ts';

interface Baking {
  readonly image: string;
  readonly languages: readonly string[];
}

export interface FakeBaker extends Runner {
  /** Each run until now. */
  readonly runs: Baking[];
  /** What a language's cache is in an image. */
  text: (code: string, image: string) => string;
  /** What it says it read. */
  inputs: (code: string) => readonly string[];
  chain: (code: string) => readonly string[];
  /** `fails` ends with 1, `loses` ends with 0 and lacks the last language, `dies` is cut off while it is taken out. */
  fault: 'fails' | 'loses' | 'dies' | undefined;
}

export function fakeBaker(): FakeBaker {
  const baker: FakeBaker = {
    runs: [],
    text: (code) => `messages of ${code}`,
    inputs: () => [],
    chain: (code) => (code === 'de-at' ? ['de', 'en'] : code === 'en' ? [] : ['en']),
    fault: undefined,
    run: (request, output) => bake(baker, request, output),
  };
  return baker;
}

async function bake(baker: FakeBaker, request: RunRequest, output: OutputSink): Promise<Outcome<RunResult>> {
  const languages = /--lang=(\S+)/.exec(request.argv.join(' '))?.[1]?.split(',') ?? [];
  const hot = request.env?.['MWPIPE_HOT']?.split(' ') ?? [];
  baker.runs.push({ image: request.image, languages: languages.toSorted() });
  for (const code of languages) output.stdout(`Rebuilding ${code}...\n`);
  if (baker.fault === 'fails') {
    output.stderr('RuntimeException: Invalid JSON file\n');
    return ok({ exitCode: 1, timedOut: false, keptAs: 'c0ffee' });
  }
  const tar = pack();
  for (const code of baker.fault === 'loses' ? languages.slice(0, -1) : languages) {
    const name = hot.includes(code) ? `${code}.l10n.php` : `l10n_cache-${code}.cdb`;
    const facts = { language: code, fallbacks: baker.chain(code), files: baker.inputs(code) };
    tar.entry({ name: `baked/${name}` }, baker.text(code, request.image));
    tar.entry({ name: `baked/facts/${code}.json` }, JSON.stringify(facts));
  }
  if (baker.fault === 'dies') setTimeout(() => tar.destroy(new Error('the engine has gone')), 50);
  else tar.finalize();
  await request.collect?.take('/srv/cache/baked', tar as unknown as AsyncIterable<Uint8Array>);
  return ok({ exitCode: 0, timedOut: false, missing: [] });
}
