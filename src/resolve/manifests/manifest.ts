/** extension.json, skin.json and core's files, as far as resolving needs them: names, versions, what is required. */
import { z } from 'zod';
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { fail, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import { decodeText } from './decode-text.ts';
import { parseJson, type JsonDocument } from './json-document.ts';
import { requirementsSchema, type ComponentKind, type LockedComponent } from '../lock/lockfile.ts';

export interface Manifest {
  /** In the words of the lockfile. */
  readonly said: Pick<LockedComponent, 'version' | 'registered' | 'requires'>;
  /** Where a requirement was typed: `extensions`, `Echo`. */
  readonly at: (path: readonly string[]) => SourceRange;
}

/** The file that describes a component of this kind, where its set lists no others. */
export function manifestFile(kind: ComponentKind): string | undefined {
  switch (kind) {
    case 'core':
      return 'includes/Defines.php';
    case 'extension':
      return 'extension.json';
    case 'skin':
      return 'skin.json';
    case 'vendor':
    case 'library':
      return undefined;
  }
}

export interface ManifestSource {
  readonly kind: ComponentKind;
  /** As people see it: `Thanks@1a2b3c4:extension.json`. */
  readonly file: string;
  readonly content: Uint8Array;
}

/** Fails with `json/encoding`, `json/syntax`, `resolve/wrong-manifest`, `resolve/no-core-version`. */
export function parseManifest({ kind, file, content }: ManifestSource): Outcome<Manifest> {
  if (kind === 'core') return coreManifest(file, Buffer.from(content).toString('utf8'));
  const text = decodeText(file, content);
  if (!text.ok) return text;
  const document = parseJson(file, text.value);
  return document.ok ? readExtension(document.value) : document;
}

function coreManifest(file: string, text: string): Outcome<Manifest> {
  const at = (): SourceRange => ({ file, line: 1, column: 1, length: 1 });
  const version = /define\( *'MW_VERSION', *'([^']+)' *\)/.exec(text)?.[1];
  const missing: Diagnostic = {
    code: 'resolve/no-core-version',
    message: 'core does not define MW_VERSION',
    hint: 'is this MediaWiki core, 1.35 or newer?',
    at: at(),
  };
  return version === undefined ? fail(missing) : ok({ said: { version }, at });
}

function readExtension(document: JsonDocument): Outcome<Manifest> {
  const checked = manifestSchema.safeParse(document.value);
  if (!checked.success)
    return settle(
      undefined as never,
      checked.error.issues.map((issue) => wrongAt(issue, document)),
    );
  const { name, version, requires } = checked.data;
  return ok({
    said: {
      ...(version === undefined ? {} : { version }),
      registered: name,
      ...(requires === undefined ? {} : { requires }),
    },
    at: (path) => document.at(['requires', ...path]),
  });
}

/** PHP reads an empty list and an empty object the same: `"extensions": []` requires none. */
function emptyListsAsObjects(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? {} : (value as unknown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, emptyListsAsObjects(member)]));
}

const manifestSchema = z.object({
  name: z.string(),
  /** PHP would compare a number as its text. */
  version: z.union([z.string(), z.number().transform(String)]).optional(),
  requires: z.preprocess(emptyListsAsObjects, requirementsSchema).optional(),
});

function wrongAt(issue: z.core.$ZodIssue, document: JsonDocument): Diagnostic {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') path.push(issue.keys[0] ?? '');
  const where = path.length === 0 ? 'this file' : quote(path.join('.'));
  return {
    code: 'resolve/wrong-manifest',
    message: `${where}: ${issue.message}`,
    hint: 'write it as MediaWiki reads it: https://www.mediawiki.org/wiki/Manual:Extension.json/Schema',
    at: document.at(path),
  };
}
