/** Which patches of a private patch tree apply to a MediaWiki version, and why those. Pure: from names alone. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, settle, type Outcome } from '../../kernel/outcome.ts';
import { comparePatches, patchesOf, type PatchTreeEntry, type TreePatch, type VersionPatches } from './patch-tree.ts';
import { isVersionFolder, newestVersion } from './version-order.ts';

export interface PatchPlan {
  /** The folder that was taken: `1.43.0-wmf.2`, `next`. */
  readonly version: string;
  readonly because: string;
  /** In the order in which they are applied; folders sorted. */
  readonly patches: readonly TreePatch[];
  /** Left in `next` though the newest version has lost them: not applied, as the next update removes them. */
  readonly stale: readonly TreePatch[];
}

export interface PlanRequest {
  /** MW_VERSION of the lock. */
  readonly mediawiki: string;
  /** The folder to take instead. */
  readonly version?: string;
  readonly allowEmpty?: boolean;
}

/** Same names, same plan. Fails with every `security/*` problem of the folders that are taken. */
export function planPatches(entries: readonly PatchTreeEntry[], request: PlanRequest): Outcome<PatchPlan> {
  const versions = [...new Set(entries.map(({ path }) => path.split('/', 1)[0] ?? ''))].filter(isVersionFolder);
  const chosen = chooseVersion(versions, request);
  if ('code' in chosen) return fail(chosen);
  const { version } = chosen;
  const newest = newestVersion(versions);
  const own = patchesOf(entries, version);
  const inherits = version === 'next' && newest !== undefined;
  const found = inherits ? finaliseNext(own, patchesOf(entries, newest)) : { ...own, stale: [] };
  const patches = inherits ? found.patches : found.patches.filter(({ marker }) => marker !== 'dropped');
  const none = patches.length === 0 && request.allowEmpty !== true ? [noPatches(version)] : [];
  const plan = { version, because: chosen.because, patches, stale: found.stale };
  return settle(plan, found.problems.length > 0 ? found.problems : none);
}

function chooseVersion(
  versions: readonly string[],
  { mediawiki, version }: PlanRequest,
): { readonly version: string; readonly because: string } | Diagnostic {
  if (version !== undefined) {
    return versions.includes(version) ? { version, because: 'asked for' } : noVersion(version);
  }
  if (versions.includes(mediawiki)) return { version: mediawiki, because: 'it has the version of the set' };
  const none = `no folder for MediaWiki ${mediawiki}`;
  if (versions.includes('next')) return { version: 'next', because: none };
  const newest = newestVersion(versions);
  return newest === undefined ? nothingThere() : { version: newest, because: `${none} and no next: the newest` };
}

/** What `next` will be: all of the newest version but what is dropped, with what is updated. */
function finaliseNext(next: VersionPatches, newest: VersionPatches): VersionPatches & { readonly stale: TreePatch[] } {
  const marked = new Map(next.patches.filter(({ marker }) => marker !== undefined).map((one) => [idOf(one), one]));
  const inherited = new Set(newest.patches.map(idOf));
  const kept = newest.patches.flatMap((patch) => {
    const mark = marked.get(idOf(patch));
    return mark?.marker === 'dropped' ? [] : [mark ?? patch];
  });
  const added = next.patches.filter((one) => one.marker === 'updated' && !inherited.has(idOf(one)));
  const stale = next.patches.filter((one) => one.marker === undefined && !inherited.has(idOf(one)));
  return { patches: [...kept, ...added].sort(comparePatches), stale, problems: [...next.problems, ...newest.problems] };
}

function idOf({ folder, name }: TreePatch): string {
  return `${folder}/${name}`;
}

function noVersion(version: string): Diagnostic {
  return {
    code: 'security/no-version',
    message: `the patch tree has no folder ${quote(version)}`,
    hint: 'name one that is there, or leave --as out: the version of the set is taken, else next',
    exit: 'input',
  };
}

function nothingThere(): Diagnostic {
  return {
    code: 'security/no-versions',
    message: 'the patch tree has no folder of a version, and no next',
    hint: 'its layout is VERSION/core/NN-TNNN.patch, VERSION/extensions/NAME/NN-TNNN.patch; is it the right folder?',
    exit: 'input',
  };
}

function noPatches(version: string): Diagnostic {
  return {
    code: 'security/no-patches',
    message: `${version} of the patch tree has no patch`,
    hint: 'an empty tree is most often a mistake; where it is meant, say --allow-empty',
    exit: 'input',
  };
}
