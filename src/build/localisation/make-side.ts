/** Makes what one code base lacks of the cache, the lock's own or the one with patches on top, and checks what it has. */
import type { BlobStore } from '../../kernel/blob-store.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { StoredFile } from '../layers/layer-spec.ts';
import { bakeLanguages, type BakedLanguage } from './bake-languages.ts';
import type { Inputs } from './language-keys.ts';
import type { LocalisationEvent } from './localisation-events.ts';
import { recordOf, rememberLanguage, rememberSame } from './localisation-facts.ts';
import type { LocalisationPorts } from './localisation-ports.ts';
import type { CodeCheck, PlannedLanguage } from './plan-localisation.ts';

/** By language. */
export type MadeLanguages = ReadonlyMap<string, readonly StoredFile[]>;

export interface SideRequest {
  readonly side: 'base' | 'patched';
  readonly load: readonly string[];
  /** Of the plan. */
  readonly all: readonly PlannedLanguage[];
  /** Those whose keys are of this side. */
  readonly caches: readonly PlannedLanguage[];
  readonly inputs: Inputs;
  readonly check: CodeCheck;
  /** What needn't be made. */
  readonly there: MadeLanguages;
}

type Context = RunContext<LocalisationEvent>;
type Baked = ReadonlyMap<string, BakedLanguage>;

/** @returns every language of the plan; fails as the runner and `bakeLanguages` do */
export async function makeSide(
  request: SideRequest,
  ports: LocalisationPorts,
  context: Context,
): Promise<Outcome<MadeLanguages>> {
  const { check, there } = request;
  const make = request.caches.filter(({ rebuild }) => rebuild);
  if (there.size > 0) context.emit({ code: 'build/localisation-reused', languages: there.size });
  if (make.length + check.languages.length === 0) return ok(there);
  const image = await ports.code(request.side);
  if (!image.ok) return image;
  const baking = { request, image: image.value, ports, context };
  const baked = await bake([...make.map(({ code }) => code), ...check.languages], baking);
  if (!baked.ok) return baked;
  const settled = await settleChecks(baked.value, baking);
  if (!settled.ok) return settled;
  await rememberBaked(settled.value, baking);
  return ok(new Map([...there, ...[...settled.value].map(([code, { files }]) => [code, files] as const)]));
}

interface Baking {
  readonly request: SideRequest;
  readonly image: string;
  readonly ports: LocalisationPorts;
  readonly context: Context;
}

async function bake(languages: readonly string[], { request, image, ports, context }: Baking): Promise<Outcome<Baked>> {
  const started = context.clock.now();
  const { caches, all, load, check } = request;
  const first = caches.find(({ rebuild }) => rebuild) ?? { code: check.languages[0] ?? '', because: COMPARED };
  context.emit({
    code: 'build/localisation-started',
    languages: languages.length,
    first: first.code,
    because: first.because,
  });
  const hot = all.filter(({ format }) => format === 'array').map(({ code }) => code);
  const baked = await bakeLanguages({ image, load, languages, hot }, ports, context);
  if (!baked.ok) return baked;
  const bytes = [...baked.value.values()].flatMap(({ files }) => files).reduce((total, file) => total + file.bytes, 0);
  const ms = context.clock.now() - started;
  context.emit({ code: 'build/localisation-made', languages: baked.value.size, bytes, ms });
  return baked;
}
const COMPARED = 'code that should not matter changed since it was made';

/** Where one that should be the same isn't, the keys don't say enough: then every language is made anew. */
async function settleChecks(baked: Baked, baking: Baking): Promise<Outcome<Baked>> {
  const { request, ports, context } = baking;
  const { languages, pairs } = request.check;
  const other = languages.filter((code) => digests(baked.get(code)?.files) !== digests(request.there.get(code)));
  if (other.length === 0) {
    if (languages.length > 0) context.emit({ code: 'build/localisation-checked', languages });
    for (const pair of pairs) await rememberSame(pair, ports.blobs);
    return ok(baked);
  }
  for (const language of other) context.emit({ code: 'build/localisation-differs', language });
  const rest = request.all.map(({ code }) => code).filter((code) => !baked.has(code));
  if (rest.length === 0) return ok(baked);
  const anew = await bake(rest, baking);
  return anew.ok ? ok(new Map([...baked, ...anew.value])) : anew;
}

/** One with an input that its key doesn't hold is made anew each time: slow, and never wrong. */
async function rememberBaked(baked: Baked, { request, ports, context }: Baking): Promise<void> {
  for (const { code, key, format, chain } of request.caches) {
    const made = baked.get(code);
    if (made === undefined) continue;
    const unknown = unknownInput(made, { chain, inputs: request.inputs });
    if (unknown === undefined) await remember(recordOf(key, format), made, { request, blobs: ports.blobs });
    else context.emit({ code: 'build/localisation-input-unknown', language: code, path: unknown });
  }
}

function remember(
  record: string,
  { files }: BakedLanguage,
  { request, blobs }: { readonly request: SideRequest; readonly blobs: BlobStore },
): Promise<void> {
  return rememberLanguage(record, { files, code: request.inputs.code }, blobs);
}

function unknownInput(
  made: BakedLanguage,
  { chain, inputs }: { readonly chain: readonly string[]; readonly inputs: Inputs },
): string | undefined {
  if (made.chain.join() !== chain.join()) return `what it falls back to: ${made.chain.slice(1).join(', ')}`;
  const known = new Set(chain.flatMap((code) => (inputs.files.get(code) ?? []).map(([path]) => path)));
  return made.inputs.find((path) => !known.has(path) && inputs.shared[path] === undefined);
}

function digests(files: readonly StoredFile[] = []): string {
  return files.map(({ digest }) => digest).join(' ');
}
