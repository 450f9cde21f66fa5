/** `mwpipe build`: a lockfile to an image in the engine. */
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { BuildEvent, BuiltImage, ImageOutput, ImagePlan, Verification } from '../build/index.ts';
import type { BuildOptions } from '../composition/build.ts';
import { all, ok, type Outcome } from '../kernel/outcome.ts';
import type { Compression } from '../kernel/stored-layer.ts';
import type { ResolveEvent } from '../resolve/index.ts';
import { collect } from './collect.ts';
import { firstSet } from './first-set.ts';
import { plainLine, showBuilt, showPlan, showVerified } from './render/build.ts';
import { plainLine as resolveLine } from './render/resolve.ts';
import { patchSource } from './resolve.ts';
import type { GlobalFlags, RunCommand, Tools } from './run.ts';

interface BuildFlags extends GlobalFlags {
  readonly with: readonly string[];
  readonly flavour: string;
  readonly runtime: string;
  readonly compression: Compression;
  readonly output: readonly string[];
  readonly push: readonly string[];
  readonly tag: readonly string[];
  readonly requireAll?: boolean;
  readonly key?: string;
  readonly load: boolean;
  readonly dryRun?: boolean;
  readonly frozen?: boolean;
  readonly squash?: boolean;
  readonly verify?: boolean;
  readonly private?: boolean;
}

type Event = BuildEvent | ResolveEvent;
type Result = { readonly built: BuiltImage } | { readonly plan: ImagePlan } | { readonly verified: Verification };

export function buildCommand(run: RunCommand): Command {
  return new Command('build')
    .description('make the image of an extension set, layer by layer from git, and send the engine what it lacks')
    .argument('[set]', "name of an extension set (default: the first target's)")
    .option('--with <checkout>', 'put a checkout on top, DIR or NAME=DIR (repeat for several)', collect, [])
    .option('--flavour <name>', 'one of the runtime: web, cli, debug with Xdebug, test with PHPUnit', 'web')
    .option('--runtime <name>', 'a folder of images/', 'php82')
    .option('--private', 'with the embargoed patches of its private lock on top')
    .option(
      '--output <where>',
      'write it there too: oci:DIR[:NAME], oci-archive:FILE, docker-archive:FILE',
      collect,
      [],
    )
    .option('--push <registry>', 'push it there, by its name in mwpipe.yaml (repeat for several)', collect, [])
    .option('--tag <name>', 'a tag for people, with --push (repeat for several)', collect, [])
    .option('--require-all', 'fail where one registry does not get it, not only where none does')
    .option('--key <file>', 'sign its provenance with this key: PEM, Ed25519 or ECDSA P-256')
    .option('--no-load', "don't send it to the engine")
    .addOption(
      new Option('--compression <format>', 'of layers; Docker 20.10 pulls no zstd')
        .choices(['gzip', 'zstd'])
        .default('gzip'),
    )
    .option('--squash', 'cut the layers anew, so that no delta is left')
    .option('--frozen', 'fail where layers or runtime would be other ones than their files say, as CI should')
    .option('--verify', 'build it twice, the second time in another place with no cache, and compare')
    .option('--dry-run', 'print the plan and stop')
    .addHelpText('after', '\nExample:\n  $ mwpipe build demo --with ~/src/Cite --dry-run')
    .action((set: string | undefined, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<BuildFlags>();
      return run<Event, Result>({
        flags,
        line: (event) => (isBuildEvent(event) ? plainLine(event) : resolveLine(event)),
        verb: (tools) => buildWith(set, flags, tools),
        show: (result, facts) => {
          if ('verified' in result) return showVerified(result.verified, facts);
          return 'built' in result ? showBuilt(result.built, facts) : showPlan(result.plan);
        },
      });
    });
}

async function buildWith(set: string | undefined, flags: BuildFlags, tools: Tools<Event>): Promise<Outcome<Result>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { buildIn, planIn, verifyIn } = await import('../composition/build.ts');
  const { parseOutput } = await import('../build/index.ts');
  const outputs = all(flags.output.map((output) => parseOutput(output, tools.cwd)));
  if (!outputs.ok) return outputs;
  const options = optionsOf(set ?? firstSet(workspace.value), { flags, outputs: outputs.value, cwd: tools.cwd });
  if (flags.dryRun === true) {
    const plan = await planIn(workspace.value, options, tools.context);
    return plan.ok ? ok({ plan: plan.value }) : plan;
  }
  if (flags.verify === true) {
    const verified = await verifyIn(workspace.value, options, tools.context);
    return verified.ok ? ok({ verified: verified.value }) : verified;
  }
  const built = await buildIn(workspace.value, options, tools.context);
  return built.ok ? ok({ built: built.value }) : built;
}

/** What is asked for beside the image itself. */
function extrasOf(
  { push: names, tag: tags, requireAll = false, key }: BuildFlags,
  cwd: string,
): Pick<BuildOptions, 'push' | 'keyFile'> {
  return {
    ...(names.length === 0 ? {} : { push: { names, tags, requireAll } }),
    ...(key === undefined ? {} : { keyFile: resolve(cwd, key) }),
  };
}

function optionsOf(
  set: string,
  {
    flags,
    outputs,
    cwd,
  }: { readonly flags: BuildFlags; readonly outputs: readonly ImageOutput[]; readonly cwd: string },
): BuildOptions {
  const { runtime, flavour, compression, load, frozen = false, squash = false, private: embargoed = false } = flags;
  const patches = flags.with.map((checkout) => patchSource(checkout, cwd));
  const cut = { compression, load, frozen, squash, embargoed };
  return { set, runtime, flavour, patches, ...cut, outputs, ...extrasOf(flags, cwd) };
}

function isBuildEvent(event: Event): event is BuildEvent {
  return event.code.startsWith('build/');
}
