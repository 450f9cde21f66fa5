/**
 * REST answers of the small Gerrit, in the documented shapes: ChangeInfo, RevisionInfo, CommitInfo, RelatedChangesInfo,
 * IncludedInInfo.
 * @see https://gerrit-review.googlesource.com/Documentation/rest-api-changes.html
 */
import { join } from 'node:path';
import type { GitWorld } from './git.ts';
import type { MadeChange } from './review-changes.ts';

export interface ServedChange extends Pick<
  MadeChange,
  'number' | 'id' | 'repo' | 'branch' | 'status' | 'project' | 'visibility'
> {
  readonly patchsets: readonly Pick<MadeChange, 'patchset' | 'ref' | 'commit' | 'message' | 'parents' | 'subject'>[];
}

interface Site {
  readonly world: GitWorld;
  readonly served: ReadonlyMap<number, ServedChange>;
}

export interface RestAnswer {
  readonly status: number;
  readonly body: string;
}

/** @param path `changes/1001`, still encoded */
export async function answerRest(path: string, query: URLSearchParams, site: Site): Promise<RestAnswer> {
  const options = query.getAll('o');
  const [, id = '', view = ''] = /^changes\/([^/]*)\/?(.*)$/.exec(path) ?? [];
  if (id === '') {
    const wanted = query.get('q')?.replace(/^change:/, '') ?? '';
    const found = [...site.served.values()].filter((one) => one.id.startsWith(wanted));
    return json(found.reverse().map((one) => changeInfo(one, options)));
  }
  const change = findChange(decodeURIComponent(id), site.served);
  if (change === undefined) return { status: 404, body: `Not found: ${decodeURIComponent(id)}\n` };
  const commit = /^revisions\/([0-9a-f]{40})\/related$/.exec(view)?.[1];
  if (commit !== undefined) return json({ changes: related(commit, change, site.served) });
  if (view === 'in') return json(await includedIn(change, site.world));
  return view === '' ? json(changeInfo(change, options)) : { status: 404, body: 'Not found\n' };
}

const json = (value: unknown): RestAnswer => ({ status: 200, body: `)]}'\n${JSON.stringify(value)}\n` });

/** By number, or by `project~number`. Private ones are hidden from those without an account. */
function findChange(id: string, served: Site['served']): ServedChange | undefined {
  const [, project, number = ''] = /^(?:(.+)~)?(\d+)$/.exec(id) ?? [];
  const change = served.get(Number(number));
  return project === undefined || change?.project === project ? change : undefined;
}

function changeInfo(change: ServedChange, options: readonly string[]) {
  const newest = change.patchsets.at(-1);
  const every = options.includes('ALL_REVISIONS');
  const listed = every ? change.patchsets : options.includes('CURRENT_REVISION') ? change.patchsets.slice(-1) : [];
  const withCommit = (patchset: ServedChange['patchsets'][number]): boolean =>
    options.includes('ALL_COMMITS') || (options.includes('CURRENT_COMMIT') && patchset === newest);
  return {
    id: `${encodeURIComponent(change.project)}~${change.branch}~${change.id}`,
    project: change.project,
    branch: change.branch,
    hashtags: [],
    change_id: change.id,
    subject: newest?.subject,
    status: change.status,
    created: '2026-11-24 10:00:00.000000000',
    updated: '2026-11-24 10:00:00.000000000',
    ...(change.visibility === 'private' ? { is_private: true } : {}),
    ...(change.visibility === 'work-in-progress' ? { work_in_progress: true } : {}),
    _number: change.number,
    owner: { _account_id: 1000096 },
    ...(listed.length === 0 ? {} : { current_revision: newest?.commit }),
    revisions: Object.fromEntries(
      listed.map((one) => [
        one.commit,
        {
          kind: 'REWORK',
          _number: one.patchset,
          ref: one.ref,
          ...(withCommit(one) ? { commit: commitInfo(one) } : {}),
        },
      ]),
    ),
  };
}

function commitInfo({ parents, subject, message }: ServedChange['patchsets'][number]) {
  const person = { name: 'World', email: 'world@world.example', date: '2024-10-07 00:00:00.000000000', tz: 0 };
  return {
    parents: parents.map((commit) => ({ commit, subject: '' })),
    author: person,
    committer: person,
    subject,
    message,
  };
}

/** Every patchset that is built on another one's, connected to this commit; those built on others first. */
function related(commit: string, change: ServedChange, served: Site['served']) {
  const all = [...served.values()]
    .filter(({ project }) => project === change.project)
    .flatMap((one) => one.patchsets.map((patchset) => ({ one, patchset })));
  const group = new Set([commit]);
  for (let size = 0; size !== group.size;) {
    size = group.size;
    for (const { patchset } of all) {
      const [parent = ''] = patchset.parents;
      const known = all.some((other) => other.patchset.commit === parent);
      if (known && (group.has(parent) || group.has(patchset.commit))) group.add(parent).add(patchset.commit);
    }
  }
  const listed = all.filter(({ patchset }) => group.has(patchset.commit));
  if (listed.length < 2) return [];
  return listed.reverse().map(({ one, patchset }) => ({
    project: one.project,
    change_id: one.id,
    commit: {
      commit: patchset.commit,
      parents: patchset.parents.map((parent) => ({ commit: parent })),
      subject: patchset.subject,
    },
    _change_number: one.number,
    _revision_number: patchset.patchset,
    _current_revision_number: one.patchsets.length,
    status: one.status,
  }));
}

async function includedIn({ repo, patchsets }: ServedChange, world: GitWorld) {
  const gitDir = join(world.root, 'remotes/mediawiki', `${repo}.git`);
  const containing = async (prefix: string) => {
    const refs = await world.git(
      gitDir,
      'for-each-ref',
      '--format=%(refname)',
      `--contains=${patchsets.at(-1)?.commit ?? ''}`,
      prefix,
    );
    return refs
      .split('\n')
      .filter((ref) => ref !== '')
      .map((ref) => ref.slice(prefix.length));
  };
  return { branches: await containing('refs/heads/'), tags: await containing('refs/tags/') };
}
