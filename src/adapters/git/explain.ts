/** What git said, as a diagnostic: which of the few things that go wrong every day it is, and what to do about it. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';

interface Pattern {
  readonly words: RegExp;
  readonly code: Diagnostic['code'];
  readonly message: (url: string) => string;
  readonly hint: string;
}

const PATTERNS: readonly Pattern[] = [
  {
    words: /git: not found|spawn git ENOENT/,
    code: 'git/missing',
    message: () => 'there is no git on this machine',
    hint: 'install it: apt-get install git',
  },
  {
    words: /timed? ?out|block timeout reached|Operation too slow/i,
    code: 'git/timeout',
    message: (url) => `${url} doesn't answer`,
    hint: 'is the network up? the same command goes on from there; a mirror can be named under "mirrors" in mwpipe.yaml',
  },
  {
    words: /terminal prompts disabled|Authentication failed|Permission denied|could not read Username/i,
    code: 'git/needs-login',
    message: (url) => `${url} wants a login`,
    hint: 'a repo that does not exist looks like that too; else set up a credential helper or an ssh key',
  },
  {
    words: /not our ref|couldn't find remote ref|no such remote ref|upload-pack: .*not our/i,
    code: 'git/no-such-commit',
    message: (url) => `${url} no longer has that commit`,
    hint: 'it was force-pushed away, or the world was made anew: mwpipe resolve writes the lock again',
  },
  {
    words: /Could not resolve host|Connection refused|Connection reset|unable to access|Failed to connect|No route/i,
    code: 'git/remote-gone',
    message: (url) => `${url} can't be reached`,
    hint: 'is the network up? a mirror can be named under "mirrors" in mwpipe.yaml',
  },
  {
    words: /does not appear to be a git repository|repository .* not found|not a git repository|does not exist/i,
    code: 'git/no-such-repo',
    message: (url) => `there is no git repo at ${url}`,
    hint: 'check the name, and "mirrors" in mwpipe.yaml',
  },
];

/** The diagnostic for git's `stderr` about `url`; an unknown one is told in git's own words. */
export function explain(stderr: string, url: string): Diagnostic {
  const shown = withoutPassword(url);
  const pattern = PATTERNS.find(({ words }) => words.test(stderr));
  if (pattern !== undefined) {
    return { code: pattern.code, message: pattern.message(shown), hint: pattern.hint, exit: 'outside' };
  }
  const [said] = stderr.split('\n').filter((line) => /^(fatal|error):/.test(line));
  return {
    code: 'git/failed',
    message: `git failed for ${shown}: ${withoutPassword(said ?? stderr.trim())}`,
    hint: `try by hand: git ls-remote ${shown}`,
    exit: 'outside',
  };
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
