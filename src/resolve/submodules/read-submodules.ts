/**
 * The repos inside a component, recursively: VisualEditor's `lib/ve` is no component of any set, and without it the
 * image would lack its editor. Each is locked at the commit that the tree above it names.
 */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { all, fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { ResolveEvent } from '../events.ts';
import type { ComponentKind, LockedSubmodule } from '../lock/lockfile.ts';
import type { GitObjects } from '../ports.ts';
import { checkPath, checkUrl } from '../sets/safe-names.ts';
import { parseGitmodules, submoduleUrl, type DeclaredSubmodule } from './gitmodules.ts';

export interface SuperTree {
  /** As people see it: `VisualEditor`, `VisualEditor/lib/ve`. */
  readonly name: string;
  readonly kind: ComponentKind;
  readonly url: string;
  /** Commit or tree. */
  readonly id: string;
  /** Folders of this tree that other components of the set fill: what the set lists is theirs, not a submodule. */
  readonly foreign: readonly string[];
}

const FILE = '.gitmodules';
/** Deeper is a circle, or made to hurt. */
const DEEPEST = 8;

/**
 * @returns fails with `resolve/wrong-gitmodules`, `resolve/unsafe-path`, `resolve/unsafe-url`, `resolve/submodules-too-deep`,
 * and as `GitObjects.fetch` does
 */
export function readSubmodules(
  tree: SuperTree,
  objects: GitObjects,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<readonly LockedSubmodule[]>> {
  return readLevel({ tree, depth: 0 }, objects, context);
}

interface Level {
  readonly tree: SuperTree;
  readonly depth: number;
}

async function readLevel(
  { tree, depth }: Level,
  objects: GitObjects,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<readonly LockedSubmodule[]>> {
  const content = await objects.file({ url: tree.url, id: tree.id }, FILE);
  if (content === undefined) return ok([]);
  const file = `${tree.name}@${tree.id.slice(0, 7)}:${FILE}`;
  const declared = parseGitmodules(file, content.toString('utf8'));
  if (!declared.ok) return declared;
  const links = await gitlinks(tree, objects);
  const wanted = declared.value.filter((one) => isOwn(one, tree) && links.has(one.path));
  if (depth >= DEEPEST && wanted.length > 0) return fail(tooDeep(tree, file));
  const read = wanted.map((one) =>
    readOne({ tree, depth, file, declared: one, commit: links.get(one.path) ?? '' }, objects, context),
  );
  const submodules = all(await Promise.all(read));
  return submodules.ok ? ok(submodules.value.toSorted((a, b) => (a.path < b.path ? -1 : 1))) : submodules;
}

/** Core's release branches name every extension as a submodule: which of them are wanted is what the set says. */
function isOwn({ path }: DeclaredSubmodule, { kind, foreign }: SuperTree): boolean {
  if (foreign.some((mount) => path === mount || path.startsWith(`${mount}/`))) return false;
  return kind !== 'core' || !/^(extensions|skins)\/|^vendor$/.test(path);
}

async function gitlinks({ url, id }: SuperTree, objects: GitObjects): Promise<ReadonlyMap<string, string>> {
  const entries = await objects.entries({ url, id });
  return new Map(entries.filter(({ mode }) => mode === '160000').map(({ path, oid }) => [path, oid]));
}

interface Found extends Level {
  readonly file: string;
  readonly declared: DeclaredSubmodule;
  readonly commit: string;
}

async function readOne(
  { tree, depth, file, declared, commit }: Found,
  objects: GitObjects,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<LockedSubmodule>> {
  const at = { file, line: declared.line, column: 1, length: 1 };
  const url = submoduleUrl(tree.url, declared.url) ?? declared.url;
  const safe = all([checkPath(declared.path, at), checkUrl(url, at)]);
  if (!safe.ok) return safe;
  const fetched = await objects.fetch({ url, commit, ref: 'HEAD' }, context);
  if (!fetched.ok) return fail({ ...fetched.diagnostics[0], at });
  const name = `${tree.name}/${declared.path}`;
  const below: SuperTree = { name, kind: 'library', url, id: commit, foreign: [] };
  const submodules = await readLevel({ tree: below, depth: depth + 1 }, objects, context);
  if (!submodules.ok) return submodules;
  context.emit({ code: 'resolve/submodule-read', component: tree.name, path: declared.path, commit });
  const own = { path: declared.path, url, commit, tree: fetched.value.tree };
  return ok(submodules.value.length === 0 ? own : { ...own, submodules: submodules.value });
}

function tooDeep({ name }: SuperTree, file: string): Diagnostic {
  return {
    code: 'resolve/submodules-too-deep',
    message: `${quote(name)} has submodules more than ${DEEPEST} levels deep`,
    hint: 'does one contain itself? pin the component to a commit without it',
    at: { file, line: 1, column: 1, length: 1 },
  };
}
