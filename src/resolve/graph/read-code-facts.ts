/** Reads the facts of one component from git objects, never from a checkout; what a tree once said is kept. */
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { ComponentKind } from '../lock/lockfile.ts';
import type { GitObjects, TreeEntry } from '../ports.ts';
import type { CodeFacts } from './code-facts.ts';
import { collectFacts, type FactCollector } from './collect-facts.ts';
import { lexPhp, tokenText, unescaped } from './lex-php.ts';
import { readManifestFacts, type ManifestFacts } from './manifest-facts.ts';
import { phpFile, type WiringToResolve } from './php-file.ts';

export interface FactsTools {
  readonly objects: Pick<GitObjects, 'entries' | 'blobs'>;
  readonly blobs: Pick<BlobStore, 'recall' | 'remember'>;
}

export interface TreeOfComponent {
  readonly kind: ComponentKind;
  readonly url: string;
  readonly tree: string;
}

/** Goes up when something else is read from the same files: older facts are then read anew. */
const FACTS_VERSION = 1;

function factsName({ kind, tree }: TreeOfComponent): string {
  return `graph-facts/${String(FACTS_VERSION)}/${kind}/${tree}`;
}

/** What an earlier run found in the same tree. */
export async function recallCodeFacts(tools: FactsTools, of: TreeOfComponent): Promise<CodeFacts | undefined> {
  const kept = await tools.blobs.recall(factsName(of));
  // Our own document, by its version's name: its shape is known when it has references.
  return typeof kept === 'object' && kept !== null && 'references' in kept ? (kept as CodeFacts) : undefined;
}

/** The tree must have been fetched. */
export async function readCodeFacts(tools: FactsTools, of: TreeOfComponent): Promise<CodeFacts> {
  const facts = collectFacts();
  const entries = await tools.objects.entries({ url: of.url, id: of.tree });
  const isWanted = of.kind === 'vendor' ? isAutoloadMap : isCode;
  const wanted = entries.filter((entry) => isWanted(entry) && fits(entry, facts));
  const manifests = wanted.filter(({ path }) => isManifest(path));
  const code = wanted.filter(({ path }) => !isManifest(path));
  const said: ManifestFacts[] = [];
  const wiring: WiringToResolve = { keys: [], constants: new Map() };
  // Manifests first: they say which of the files are tests and wiring. One process reads them all.
  await eachFile({ tools, url: of.url }, [...manifests, ...code], (path, text) => {
    if (isManifest(path)) said.push(...manifestFile(facts, path, text));
    else if (of.kind === 'vendor') vendorFile(facts, text);
    else phpFile({ facts, wiring, ...rolesOf(of.kind, said) }, path, text);
  });
  for (const key of wiring.keys) {
    const name = 'name' in key ? key.name : wiring.constants.get(key.constant);
    if (name !== undefined) facts.services.add(name);
  }
  const read = facts.facts(wanted.length);
  await tools.blobs.remember(factsName(of), read);
  return read;
}

/** Wikibase has `extension-repo.json`, ConfirmEdit one in the folder of each of its captchas. */
function isManifest(path: string): boolean {
  return /^(?:(?!tests?\/|docs?\/|vendor\/|node_modules\/)[\w-]+\/)?(?:extension|skin)(?:-[\w-]+)?\.json$/.test(path);
}

/** Third-party code, stubs and tables of translated names say nothing about what depends on what. */
function isCode({ path, mode }: TreeEntry): boolean {
  if (mode === '120000' || mode === '160000') return false;
  if (isManifest(path) || path === '.phan/config.php') return true;
  return /\.(php|inc)$/.test(path) && !/(^|\/)(vendor|node_modules|i18n|\.phan|languages\/messages)\//.test(path);
}

function isAutoloadMap({ path }: TreeEntry): boolean {
  return /^composer\/autoload_(psr4|namespaces|classmap)\.php$/.test(path);
}

const LARGEST_BYTES = 2_000_000;

/** A huge file is generated, or somebody's trick. */
function fits({ path, bytes }: TreeEntry, facts: FactCollector): boolean {
  if (bytes <= LARGEST_BYTES) return true;
  facts.skipped.push({ file: path, because: `it has ${(bytes / 1e6).toFixed(0)} MB, more than 2` });
  return false;
}

async function eachFile(
  { tools, url }: { readonly tools: FactsTools; readonly url: string },
  entries: readonly TreeEntry[],
  read: (path: string, text: string) => void,
): Promise<void> {
  const paths = new Map<string, string[]>();
  for (const { oid, path } of entries) paths.set(oid, [...(paths.get(oid) ?? []), path]);
  if (paths.size === 0) return;
  for await (const { oid, data } of tools.objects.blobs(url, [...paths.keys()])) {
    const text = data.toString('utf8');
    for (const path of paths.get(oid) ?? []) read(path, text);
  }
}

function manifestFile(facts: FactCollector, path: string, text: string): ManifestFacts[] {
  const manifest = readManifestFacts(path, text);
  if (!manifest.ok) {
    const { message, at } = manifest.diagnostics[0];
    facts.skipped.push({ file: path, because: `line ${String(at?.line ?? 1)}: ${message}` });
    return [];
  }
  const { name, namespaces, classes, references } = manifest.value;
  if (name !== undefined) facts.registered.add(name);
  for (const one of namespaces) facts.namespaces.add(one);
  for (const one of classes) facts.classes.add(one);
  for (const { place, ...reference } of references) facts.refer(reference, place);
  return [manifest.value];
}

function rolesOf(
  kind: ComponentKind,
  said: readonly ManifestFacts[],
): { wiringFiles: string[]; testFolders: string[] } {
  return {
    wiringFiles: kind === 'core' ? ['includes/ServiceWiring.php'] : said.flatMap(({ wiring }) => wiring),
    testFolders: said.flatMap(({ testFolders }) => testFolders),
  };
}

/** Composer's maps say what vendor holds: their keys are namespaces (with an ending `\`) and classes. */
function vendorFile(facts: FactCollector, text: string): void {
  const tokens = lexPhp(text);
  for (let index = 1; index < tokens.kinds.length; index += 1) {
    if (tokenText(tokens, index) !== '=>' || tokens.kinds[index - 1] !== 'string') continue;
    const name = unescaped(tokenText(tokens, index - 1));
    if (name.endsWith('\\')) facts.namespaces.add(name.slice(0, -1));
    else facts.classes.add(name);
  }
}
