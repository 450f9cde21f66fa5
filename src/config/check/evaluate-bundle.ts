/**
 * Evaluates a bundle for its wikis in an image, or remembers what came out before. Raw PHP may look at the wiki's name
 * anywhere, so two wikis with equal values are not known to have equal settings: each is evaluated by itself, in a process
 * forked for it, which costs some 10 ms. Without raw PHP, one process does many, and a few are held against their own.
 */
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { Runner } from '../../kernel/runner.ts';
import { sha256 } from '../../kernel/digest.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { ConfigEvent } from '../events.ts';
import { askImage, type CheckWish } from './ask-image.ts';
import type { CheckLine, KnownSetting } from './check-answer.ts';
import { evaluationCache, type EvaluationCache } from './evaluation-cache.ts';
import { evaluationReader, isClean, type Evaluation } from './evaluation.ts';

export interface CheckTools {
  readonly runner: Runner;
  /** Folder of this machine's cache: what an image said of a bundle stays true. */
  readonly cache: string;
}

/** What checks need of a bundle: one that was read back from a target has no sources and no YAML. */
export type CheckedSource = Pick<
  Bundle,
  'hash' | 'files' | 'settings' | 'table' | 'declares' | 'sources' | 'farm' | 'raw'
>;

export interface EvaluateWish {
  readonly bundle: CheckedSource;
  readonly image: string;
  /** Names of databases; undefined: all that the bundle's farm.php names. */
  readonly wikis: readonly string[] | undefined;
}

export interface Evaluated extends Evaluation {
  readonly schema: Readonly<Record<string, KnownSetting>>;
  /** Paths that were written to. */
  readonly written: readonly string[];
}

const EVALUATED_TWICE = 4;
const PROGRESS_EVERY = 20;

/** @returns fails with `config/check-failed`, `runner/*`; mistakes of the bundle are in its value */
export async function evaluateBundle(
  wish: EvaluateWish,
  tools: CheckTools,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<Evaluated>> {
  const cache = evaluationCache(tools.cache);
  const key = { hash: wish.bundle.hash, image: wish.image, wikis: wish.wikis };
  const schema = await cache.readSchema(wish.image);
  const known = schema === undefined ? undefined : await cache.readEvaluation(key);
  if (known !== undefined && schema !== undefined) return ok({ ...known, schema, written: [] });
  const reader = evaluationReader(wish.bundle.hash);
  const parse = await unparsed(wish, cache);
  const take = withProgress(wish, reader.take, context);
  const asked = { ...wish, ...howToEvaluate(wish), parse: parse.paths, schema: schema === undefined };
  const written = await askImage(asked, { runner: tools.runner, take }, context);
  if (!written.ok) return written;
  const evaluation = reader.finish();
  const now = evaluation.schema ?? schema ?? {};
  if (evaluation.schema !== undefined) await cache.writeSchema(wish.image, evaluation.schema);
  if (isClean(evaluation) && written.value.length === 0) {
    await cache.writeEvaluation(key, evaluation);
    await cache.writeParsed(wish.image, parse.digests);
  }
  return ok({ ...evaluation, schema: now, written: written.value });
}

interface Unparsed {
  readonly paths: readonly string[];
  /** Of all PHP files. */
  readonly digests: readonly string[];
}

async function unparsed({ bundle, image }: EvaluateWish, cache: EvaluationCache): Promise<Unparsed> {
  const before = new Set(await cache.readParsed(image));
  const files = phpFiles(bundle).map(([path, data]) => ({ path, digest: sha256(data) }));
  return {
    paths: files.filter(({ digest }) => !before.has(digest)).map(({ path }) => path),
    digests: files.map(({ digest }) => digest),
  };
}

function phpFiles({ files }: CheckedSource): [string, Uint8Array][] {
  return [...files].filter(([path]) => path.endsWith('.php') && !path.startsWith('static/'));
}

const CHANCE = /\b(time|date|gmdate|mktime|strtotime|getdate|localtime|DateTime\w*|REQUEST_TIME|wfTimestamp\w*)\b/;

/** Values alone come out the same each time; raw PHP may ask what time it is, or throw dice. */
function howToEvaluate({ bundle }: EvaluateWish): Pick<CheckWish, 'twice' | 'wait' | 'together'> {
  const raw = phpFiles(bundle).filter(([path]) => path.startsWith('overlays/'));
  if (raw.length === 0) return { twice: 0, wait: false, together: true };
  const wait = raw.some(([, data]) => CHANCE.test(Buffer.from(data).toString('latin1')));
  return { twice: EVALUATED_TWICE, wait, together: false };
}

function withProgress(
  { bundle, image, wikis }: EvaluateWish,
  take: (line: CheckLine) => void,
  context: RunContext<ConfigEvent>,
): (line: CheckLine) => void {
  let done = 0;
  return (line) => {
    take(line);
    if (line.say !== 'wiki') return;
    done += 1;
    if (done % PROGRESS_EVERY !== 0) return;
    context.emit({
      code: 'config/evaluating',
      bundle: bundle.hash,
      image,
      done,
      of: wikis?.length ?? bundle.farm?.wikis.size,
    });
  };
}
