/** Which node, npm, composer and PHP a runtime has: asked once of each image, and kept beside what steps made. */
import { z } from 'zod';
import type { Digest } from '../../kernel/digest.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import { silent, type RunContext } from '../../kernel/run-context.ts';
import type { StepPorts } from '../steps-ports.ts';
import { STEP_USER } from './step-inputs.ts';

export type Tools = Readonly<Record<string, string>>;

const ASK = `for tool in node npm composer php; do
  command -v "$tool" > /dev/null && printf '%s: %s\\n' "$tool" "$("$tool" --version 2> /dev/null | head -n 1)"
done; true`;
const DEADLINE_MS = 60_000;
const toolsSchema = z.record(z.string(), z.string());

export async function readTools(
  image: Digest,
  { blobs, runner }: Pick<StepPorts, 'blobs' | 'runner'>,
  context: RunContext<never>,
): Promise<Outcome<Tools>> {
  const name = `step-tools/${image}`;
  const known = toolsSchema.safeParse(await blobs.recall(name)).data;
  if (known !== undefined) return ok(known);
  let said = '';
  const sink = { stdout: (text: string) => void (said += text), stderr: () => undefined };
  const request = {
    image,
    argv: ['/bin/sh', '-c', ASK],
    env: { HOME: '/tmp', npm_config_update_notifier: 'false' },
    user: `${STEP_USER}:${STEP_USER}`,
    deadlineMs: DEADLINE_MS,
  };
  const ran = await runner.run(request, sink, silent(context));
  if (!ran.ok) return ran;
  const tools = parseTools(said);
  if (ran.value.exitCode === 0) await blobs.remember(name, tools);
  return ok(tools);
}

/** `composer: Composer version 2.5.5 2023-03-21`: the first number with dots in it. */
function parseTools(said: string): Tools {
  const found = said.split('\n').flatMap((line) => {
    const [, tool, version] = /^([a-z]+): .*?(\d+(?:\.\d+)+[\w.+~-]*)/.exec(line) ?? [];
    return tool === undefined || version === undefined ? [] : [[tool, version] as const];
  });
  return Object.fromEntries(found);
}
