/**
 * A runner that really runs the check of a bundle once, and then says the same again: 200 pushes of one overlay need no
 * 200 evaluations of MediaWiki, and the time of checks is no part of any figure.
 */
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { Runner, RunResult } from '../../src/kernel/runner.ts';

export function checkedOnce(runner: Runner): Runner {
  let result: Outcome<RunResult> | undefined;
  const said: { readonly to: 'stdout' | 'stderr'; readonly chunk: string }[] = [];
  return {
    run: async (request, output, context) => {
      if (result === undefined) {
        const keep = (to: 'stdout' | 'stderr') => (chunk: string) => {
          said.push({ to, chunk });
          output[to](chunk);
        };
        const first = await runner.run(request, { stdout: keep('stdout'), stderr: keep('stderr') }, context);
        if (first.ok && first.value.exitCode === 0) result = first;
        else said.length = 0;
        return first;
      }
      for (const { to, chunk } of said) output[to](chunk);
      return result;
    },
  };
}
