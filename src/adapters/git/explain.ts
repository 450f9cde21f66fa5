/** What git said, as a diagnostic: which of the few things that go wrong every day it is, and what to do about it. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import type { RemoteFault } from './ls-refs/index.ts';

interface Known {
  readonly code: Diagnostic['code'];
  readonly message: (url: string, detail: string) => string;
  readonly hint: string;
}

/** What can be told of a remote, however it was found out. */
const KNOWN = {
  missing: {
    code: 'git/missing',
    message: () => 'there is no git on this machine',
    hint: 'install it: apt-get install git',
  },
  timeout: {
    code: 'git/timeout',
    message: (url) => `${url} doesn't answer`,
    hint: 'is the network up? the same command goes on from there; a mirror can be named under "mirrors" in mwpipe.yaml',
  },
  login: {
    code: 'git/needs-login',
    message: (url) => `${url} wants a login`,
    hint: 'a repo that does not exist looks like that too; else set up a credential helper or an ssh key',
  },
  noCommit: {
    code: 'git/no-such-commit',
    message: (url) => `${url} no longer has that commit`,
    hint: 'it was force-pushed away, or the world was made anew: mwpipe resolve writes the lock again',
  },
  redirected: {
    code: 'git/redirected',
    message: (url, target) => `${url} has moved${target === '' ? '' : ` to ${target}`}`,
    hint: 'redirects are not followed, as they may lead anywhere; if you trust the new place, write that url',
  },
  broken: {
    code: 'git/broken-answer',
    message: (url, detail) => `${url} sent an answer that is cut or damaged${detail === '' ? '' : `: it ${detail}`}`,
    hint: 'nothing of it was kept; try again, and if it stays so, the server is broken: a mirror can be named in mwpipe.yaml',
  },
  notGit: {
    code: 'git/not-git',
    message: (url, detail) => `what answers at ${url} speaks no git${detail === '' ? '' : `: it ${detail}`}`,
    hint: 'check the url: it may be a web page of the repo, or a proxy; plain files behind a web server (dumb HTTP) do not do',
  },
  gone: {
    code: 'git/remote-gone',
    message: (url, detail) => `${url} can't be reached${detail === '' ? '' : `: ${detail}`}`,
    hint: 'is the network up? a mirror can be named under "mirrors" in mwpipe.yaml',
  },
  noRepo: {
    code: 'git/no-such-repo',
    message: (url) => `there is no git repo at ${url}`,
    hint: 'check the name, and "mirrors" in mwpipe.yaml',
  },
} as const satisfies Record<string, Known>;

const CUT =
  /early EOF|index-pack|unpack-objects|bad pack|curl (?:18|56|92)|pack (?:has|is) |inflate|fsck|more than \d+ MB/i;

/** In git's and curl's words; the first that fits: a reset is also called an early end, a refusal also unreadable. */
const PATTERNS: readonly (readonly [RegExp, Known])[] = [
  [/git: not found|spawn git ENOENT/, KNOWN.missing],
  [/timed? ?out|block timeout reached|Operation too slow/i, KNOWN.timeout],
  [
    /terminal prompts disabled|Authentication failed|Permission denied|could not read (?:User|Pass)|error: 40[137]/i,
    KNOWN.login,
  ],
  [/not our ref|couldn't find remote ref|no such remote ref|request for unadvertised object/i, KNOWN.noCommit],
  [/returned error: 30\d/, KNOWN.redirected],
  [
    /Could not resolve host|Connection refused|Connection reset|Failed to connect|Couldn't connect|No route/i,
    KNOWN.gone,
  ],
  [CUT, KNOWN.broken],
  [/does not appear to be a git repo|repository .*not found|not a git repo|does not exist|not exported/i, KNOWN.noRepo],
  [
    /dumb http transport|info\/refs not valid|invalid server response|protocol error: bad line length|valid.*git repository\?/i,
    KNOWN.notGit,
  ],
  [/unable to access|returned error: \d|unable to connect|hung up/i, KNOWN.gone],
];

/** The diagnostic for git's `stderr` about `url`; an unknown one is told in git's own words. */
export function explain(stderr: string, url: string): Diagnostic {
  const shown = withoutPassword(url);
  const known = PATTERNS.find(([words]) => words.test(stderr))?.[1];
  if (known !== undefined) return diagnosticOf(known, shown, '');
  const [said] = stderr.split('\n').filter((line) => /^(fatal|error):/.test(line));
  return {
    code: 'git/failed',
    message: `git failed for ${shown}: ${withoutPassword(said ?? stderr.trim())}`,
    hint: `try by hand: git ls-remote ${shown}`,
    exit: 'outside',
  };
}

/** The same for a remote that was asked without git. */
export function explainFault(fault: RemoteFault, url: string): Diagnostic {
  const shown = withoutPassword(url);
  if (fault.kind === 'said') return explain(`fatal: ${fault.message}`, url);
  return diagnosticOf(BY_KIND[fault.kind], shown, withoutPassword(fault.message));
}

const BY_KIND: Readonly<Record<Exclude<RemoteFault['kind'], 'said'>, Known>> = {
  reset: KNOWN.gone,
  timeout: KNOWN.timeout,
  gone: KNOWN.gone,
  broken: KNOWN.broken,
  'no-such-repo': KNOWN.noRepo,
  redirected: KNOWN.redirected,
  'not-git': KNOWN.notGit,
  'ask-git': KNOWN.notGit,
};

function diagnosticOf({ code, message, hint }: Known, url: string, detail: string): Diagnostic {
  return { code, message: message(url, detail), hint, exit: 'outside' };
}

/** A ref moved on between asking and fetching, and the server gives no commit that no ref has. */
export function refMoved(url: string, ref: string, ids: { readonly asked: string; readonly now: string }): Diagnostic {
  const [asked, now] = [ids.asked.slice(0, 12), ids.now.slice(0, 12)];
  return {
    code: 'git/ref-moved',
    message: `${ref} of ${withoutPassword(url)} was ${asked} when it was asked, and is ${now} now; ${asked} is no longer given out`,
    hint: 'run it again: it takes the new commit; a lock that names the old one needs mwpipe resolve --update',
    exit: 'outside',
  };
}

export function notAnId(url: string, commit: string): Diagnostic {
  return {
    code: 'git/no-such-commit',
    message: `${quote(commit)} is no id of a commit of ${withoutPassword(url)}`,
    hint: 'an id has 40 (or 64) digits, 0-9 and a-f: mwpipe resolve writes the lock again',
    exit: 'input',
  };
}

export function noGit(): Diagnostic {
  return diagnosticOf(KNOWN.missing, '', '');
}

export function notARepo(folder: string): Diagnostic {
  return {
    code: 'git/not-a-repo',
    message: `${quote(folder)} is in no git checkout`,
    hint: 'change into the checkout of an extension, skin or core',
  };
}

export function noMirror(folder: string): Diagnostic {
  return {
    code: 'git/no-mirror',
    message: `the mirror ${quote(folder)} is not there`,
    hint: 'npm run demo makes the world of this checkout; other mirrors are named in mwpipe.yaml',
    exit: 'outside',
  };
}

function withoutPassword(text: string): string {
  return text.replace(/:\/\/[^/@\s]+@/g, '://');
}
