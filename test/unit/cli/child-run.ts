/** A command whose verb ends as its first argument says: run as a process of its own, to see its exit code. */
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand, type Tools } from '../../../src/cli/run.ts';
import { MwpipeError, type ErrorSource } from '../../../src/kernel/error.ts';
import type { ExitClass } from '../../../src/kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../../src/kernel/outcome.ts';

interface Happened {
  readonly code: 'work/happened';
  readonly count: number;
}

const [ending = '', detail = '', ...flags] = process.argv.slice(2);

const VERBS: Readonly<Record<string, (tools: Tools<Happened>) => Promise<Outcome<string>> | Outcome<string>>> = {
  done: ({ context }) => {
    context.emit({ code: 'work/happened', count: 1 });
    return ok('the value');
  },
  fails: () => fail({ code: 'work/wrong', message: 'it is wrong', exit: detail as ExitClass }),
  'fails-by-default': () => fail({ code: 'work/wrong', message: 'it is wrong', hint: 'make it right' }),
  'fails-in-private': () => fail({ code: 'work/wrong', message: 'T1234 leaks', visibility: 'private' }),
  throws: () => {
    const cause = new Error('the cause');
    throw new MwpipeError({
      code: 'work/gone',
      message: 'it is gone',
      hint: 'look',
      source: detail as ErrorSource,
      cause,
    });
  },
  breaks: () => {
    throw new TypeError('undefined is not a function');
  },
  workspace: async (tools) => {
    const opened = await tools.workspace();
    return opened.ok ? ok(opened.value.root) : opened;
  },
  waits: async ({ context }) => {
    context.emit({ code: 'work/happened', count: 2 });
    await (detail === 'stubbornly' ? delay(20_000) : context.clock.sleep(20_000, context.signal));
    return ok('never');
  },
  'says-aborted': async ({ context }) => {
    context.emit({ code: 'work/happened', count: 3 });
    await context.clock.sleep(20_000, context.signal).catch(() => undefined);
    return fail({ code: 'work/stopped', message: 'stopped in the middle' });
  },
};

await runCommand<Happened, string>({
  flags: { json: flags.includes('--json'), ...(ending === 'workspace' ? { workspace: detail } : {}) },
  line: ({ count }) => `happened ${count}`,
  verb: async (tools) => (await VERBS[ending]?.(tools)) ?? ok(''),
  show: (value) => ({
    text: `the result is ${value}`,
    json: { value },
    ...(detail === 'checked' ? { exit: 'failed' } : {}),
  }),
});
