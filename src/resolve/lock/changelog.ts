/** `mwpipe lock diff`: two locks, and the commits between them: a train's changelog. */
import pLimit from 'p-limit';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { ResolveEvent } from '../events.ts';
import type { GitHistory } from '../ports.ts';
import { changelogCommits, type ComponentCommits } from './changelog-commits.ts';
import { diffLocks, type ComponentDiff, type LocksDiff } from './diff-lock-components.ts';
import { readSides, type SidesRequest } from './diff-lock-sides.ts';

export interface ChangelogRequest extends SidesRequest {
  /** Commits of a component that are told one by one, on each side; undefined for none, without asking any remote. */
  readonly commits: number | undefined;
}

export interface ChangelogEntry extends ComponentDiff {
  readonly commits?: ComponentCommits;
  /** Why its commits aren't known. */
  readonly unknown?: Diagnostic;
}

export interface Changelog extends Omit<LocksDiff, 'components'> {
  /** As they were asked for: `HEAD~1:demo`, `demo`, the path of a file. */
  readonly before: string;
  readonly after: string;
  readonly components: readonly ChangelogEntry[];
}

/** Repos read at once. */
const AT_ONCE = 8;

/** @returns fails as `readSides` does; a remote that fails is told at its component, beside all others */
export async function lockChangelog(
  request: ChangelogRequest,
  history: GitHistory,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Changelog>> {
  const sides = await readSides(request, history);
  if (!sides.ok) return sides;
  const { before, after } = sides.value;
  const diff = diffLocks(before.lock, after.lock);
  const components = await withCommits(diff.components, request.commits, { history, context });
  return ok({ ...diff, before: before.name, after: after.name, components });
}

interface Reading {
  readonly history: GitHistory;
  readonly context: RunContext<ResolveEvent>;
}

async function withCommits(
  components: readonly ComponentDiff[],
  most: number | undefined,
  reading: Reading,
): Promise<ChangelogEntry[]> {
  const limit = pLimit(AT_ONCE);
  const asked = most === undefined ? [] : components.filter(hasMoved);
  let done = 0;
  const read = async (component: ComponentDiff): Promise<ChangelogEntry> => {
    if (most === undefined || !asked.includes(component)) return component;
    const entry = await limit(() => readCommits(component, most, reading));
    done += 1;
    reading.context.emit({ code: 'resolve/history-read', component: component.component, done, of: asked.length });
    return entry;
  };
  return Promise.all(components.map(read));
}

/** Another commit of the same repo. */
function hasMoved({ before, after }: ComponentDiff): boolean {
  return before !== undefined && after !== undefined && before.url === after.url && before.commit !== after.commit;
}

async function readCommits(
  component: ComponentDiff,
  most: number,
  { history, context }: Reading,
): Promise<ChangelogEntry> {
  const { before, after } = component;
  context.signal.throwIfAborted();
  if (before === undefined || after === undefined) return component;
  const sides = await history.between({ url: after.url, before, after }, context);
  if (!sides.ok) return { ...component, unknown: sides.diagnostics[0] };
  return { ...component, commits: changelogCommits(sides.value, most) };
}
