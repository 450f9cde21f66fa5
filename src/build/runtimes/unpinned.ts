/** Says loudly when the runtime that is used isn't the pinned one, and why; refuses it where the build is frozen. */
import { short } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { BuildEvent } from '../events.ts';
import type { RuntimePorts } from '../ports.ts';
import { rulesOf, type WantedRuntime } from './read-wanted.ts';
import { runtimeTitle } from './runtime-identity.ts';
import { runtimeLockFile } from './runtime-lock.ts';

/** @returns fails with `build/runtime-not-pinned` (refused) where the build is frozen */
export function tellUnpinned(
  { runtime, pin, stale }: WantedRuntime,
  ports: RuntimePorts,
  context: RunContext<BuildEvent>,
): Outcome<void> {
  if (pin === undefined) return ok();
  const { frozen, platform } = rulesOf(ports);
  const title = runtimeTitle(runtime);
  const relock = `mwpipe runtime lock ${title}`;
  const because = stale
    ? 'its definition changed since it was pinned'
    : `neither the cache, the engine nor a registry has the pinned image ${short(pin.image)}`;
  const hint = stale
    ? `pin what is defined here: ${relock}`
    : `push it to a registry of mwpipe.yaml from where it was built, or pin another: ${relock}`;
  if (frozen) {
    const at = { file: runtimeLockFile(ports.folder, runtime.name), line: 1, column: 1, length: 1 };
    const message = `runtime ${title} would not be the pinned one: ${because}`;
    return fail({ code: 'build/runtime-not-pinned', message, hint, at, exit: 'refused' });
  }
  context.emit({ code: 'build/runtime-differs', runtime: title, platform, because, hint });
  return ok();
}
