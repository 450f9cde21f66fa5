/** The page of exit codes: the numbers from the one place that knows them, the meanings beside them. */
import { EXIT } from '../../src/cli/run.ts';
import { code, head, join, table } from './markdown.ts';

const MEANINGS: Record<keyof typeof EXIT, string> = {
  done: 'Done.',
  failed: 'The thing that was checked failed: a test, a release under observation. mwpipe itself did its work.',
  input: 'What was typed is wrong: flags, a file of the workspace, PHP that does not parse. The message says where.',
  outside: 'An outside system failed: Docker, git, the network, a full disk.',
  refused: 'Refused by policy or by a lock that somebody else holds. The message names the holder.',
  bug: "A bug of mwpipe's own, with its stack. Please report it.",
  interrupted: 'Interrupted by Ctrl-C or SIGTERM. What was done is kept; the same command goes on from there.',
};

export function exitCodesPage(): string {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  return join([
    head('Exit codes', 'The same for every command, so that a script can tell who has to act.'),
    table(
      ['Code', 'Name', 'Meaning'],
      names.map((name) => [code(String(EXIT[name])), name, MEANINGS[name]]),
    ),
    'With `--json` the last line is the result: `{"code":"result","exit":0,"value":…}`, or with `diagnostics` in the place' +
      ' of `value`. Where several diagnostics are printed, the first one decides the code.',
  ]);
}
