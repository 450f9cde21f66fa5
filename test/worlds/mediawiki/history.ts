/**
 * The history of each remote, as plain data: what the weeks of two trains changed in PHP, messages and one hook, and
 * where the branches were cut. The same for everybody, so that commit ids are too.
 */
import { replaceOnce, type Edit } from './edit.ts';
import { POEM_EDITS } from './poem-hook.ts';

export interface WorldCommit {
  readonly id: string;
  /** Undefined for the first. */
  readonly parent: string | undefined;
  readonly message: string;
  /** Weeks since the branch was cut. */
  readonly week: number;
  /** Files of the tarball that it adds. */
  readonly adds?: 'early' | 'late';
  readonly edits?: Readonly<Record<string, Edit>>;
}

export interface RemoteHistory {
  readonly commits: readonly WorldCommit[];
  /** Branch or tag, `refs/heads/master`, to the id of its commit. */
  readonly refs: Readonly<Record<string, string>>;
}

const TRAINS = ['1.43.0-wmf.1', '1.43.0-wmf.2'] as const;

interface Change {
  readonly message: string;
  readonly edits: Readonly<Record<string, Edit>>;
}
type Week = readonly Change[];

interface RepoHistory {
  readonly weeks?: readonly Week[];
  /** What the commit that cuts a branch changes. */
  readonly cut?: (branch: string) => Change | undefined;
}

/** @param release MW_VERSION of the tarball: what REL1_43 and the tag say */
export function historyOf(component: string, release: string): RemoteHistory {
  const repo = repos(release)[component] ?? {};
  const commits: WorldCommit[] = [
    { id: 'import', parent: undefined, week: 0, message: `Import ${component} of MediaWiki ${release}`, adds: 'early' },
    { id: 'late', parent: 'import', week: 0, message: lateMessage(component), adds: 'late' },
  ];
  const refs: Record<string, string> = { [`refs/tags/${release}`]: 'late' };
  const cutBranch = (branch: string, from: string, week: number): string => {
    const change = repo.cut?.(branch);
    if (change === undefined) return from;
    commits.push({ id: branch, parent: from, week, ...change });
    return branch;
  };
  let tip = 'late';
  for (const [index, branches] of [[`wmf/${TRAINS[0]}`], [`wmf/${TRAINS[1]}`, 'REL1_43'], []].entries()) {
    for (const [at, change] of (repo.weeks?.[index] ?? []).entries()) {
      const id = `week-${index + 1}-${at + 1}`;
      commits.push({ id, parent: tip, week: index + 1, ...change });
      tip = id;
    }
    for (const branch of branches) refs[`refs/heads/${branch}`] = cutBranch(branch, tip, index + 1);
  }
  return { commits, refs: { ...refs, 'refs/heads/master': tip } };
}

function lateMessage(component: string): string {
  return component === 'vendor' ? 'Add the libraries' : 'Localisation updates from translatewiki.net';
}

function setVersion(version: string): Readonly<Record<string, Edit>> {
  return {
    'includes/Defines.php': (before) =>
      before.replace(
        /(define\( 'MW_VERSION', ')[^']+(' \);)/,
        (_all, head: string, end: string) => head + version + end,
      ),
  };
}

const CITE_DESCRIPTION = 'tags for citations';
const CITE_ERROR = "throw new InvalidArgumentException( 'Unexpected message key' );";

function repos(release: string): Readonly<Record<string, RepoHistory>> {
  return {
    core: {
      weeks: [
        [{ message: 'Set MW_VERSION to 1.43.0-alpha', edits: setVersion('1.43.0-alpha') }],
        [],
        [{ message: 'Set MW_VERSION to 1.44.0-alpha', edits: setVersion('1.44.0-alpha') }],
      ],
      cut: (branch) => ({
        message: `Branch commit for ${branch}`,
        edits: setVersion(branch === 'REL1_43' ? release : branch.slice('wmf/'.length)),
      }),
    },
    'extensions/Cite': {
      weeks: [
        [],
        [
          {
            message: 'Say that footnotes are ours, too',
            edits: {
              'i18n/en.json': replaceOnce(CITE_DESCRIPTION, `${CITE_DESCRIPTION} and footnotes`),
              'i18n/de.json': replaceOnce('Ermöglicht Referenzierungen mittels', 'Ermöglicht Fußnoten mittels'),
            },
          },
          {
            message: 'Name the message key that was not expected',
            edits: {
              'src/ErrorReporter.php': replaceOnce(
                CITE_ERROR,
                'throw new InvalidArgumentException( "Unexpected message key \\"$messageKey\\"" );',
              ),
            },
          },
        ],
      ],
    },
    'extensions/Poem': { weeks: [[], [{ message: 'Mark pages that contain a poem', edits: POEM_EDITS }]] },
  };
}
