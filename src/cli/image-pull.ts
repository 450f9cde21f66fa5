/** `mwpipe image pull`: an image by digest from whichever registry has it whole, into the cache. */
import { Command } from 'commander';
import type { PublishEvent, PulledImage } from '../build/index.ts';
import type { Digest } from '../kernel/digest.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { collect } from './collect.ts';
import { digest } from './digest.ts';
import { publishLine, showPulled } from './render/publish.ts';
import type { GlobalFlags, RunCommand, Tools } from './run.ts';

interface PullFlags extends GlobalFlags {
  readonly from: readonly string[];
}

export function imagePullCommand(run: RunCommand): Command {
  return new Command('pull')
    .description('take an image by digest into the cache, from whichever registry has it whole; every byte is verified')
    .argument('<digest>', 'of its manifest: sha256:…', digest)
    .option('--from <registry>', 'only from this one of mwpipe.yaml (repeat for several, in order)', collect, [])
    .addHelpText('after', '\nExample:\n  $ mwpipe image pull sha256:4f2c…e1 --from backup')
    .action((wanted: Digest, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<PullFlags>();
      return run<PublishEvent, PulledImage>({
        flags,
        line: publishLine,
        verb: (tools) => pullWith(wanted, flags, tools),
        show: showPulled,
      });
    });
}

async function pullWith(
  wanted: Digest,
  { from }: PullFlags,
  tools: Tools<PublishEvent>,
): Promise<Outcome<PulledImage>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { pullIn } = await import('../composition/registries.ts');
  return pullIn(workspace.value, { digest: wanted, from }, tools.context);
}
