/** `mwpipe wiki`: the wikis of a farm; adding one is config. */
import { Command } from 'commander';
import type { Wiki } from '../config/index.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import { nearest } from '../kernel/nearest.ts';
import type { AddedWiki, AddWikiRequest, FlowEvent, WikiCheck } from '../release/index.ts';
import { collect } from './collect.ts';
import { bundleOf, onTarget, type OnTarget } from './config-target.ts';
import { plainLine } from './render/release.ts';
import { addedText, checksText, wikisText } from './render/wiki.ts';
import type { MakeCommand, RunCommand, Tools } from './run.ts';
import { wholeNumber } from './whole-number.ts';

interface AddFlags extends OnTarget {
  readonly lang?: string;
  readonly like?: string;
  readonly host: readonly string[];
  readonly tag: readonly string[];
  readonly overlay?: string;
  readonly dryRun?: boolean;
  readonly override?: string;
  readonly wait?: number;
}

export const wikiCommand: MakeCommand = (run) =>
  new Command('wiki')
    .description('the wikis of a farm: add one without building an image, list them, ask them')
    .addCommand(addCommand(run))
    .addCommand(listCommand(run))
    .addCommand(checkCommand(run));

function addCommand(run: RunCommand): Command {
  return onTarget('add', 'write a wiki into the overlays, make its database, and push: it answers then')
    .argument('<name>', 'of its database: dewikinews')
    .option('--lang <code>', 'language of its content')
    .option('--like <wiki>', 'a wiki whose tags, lists and version it gets')
    .option('--host <name>', 'where it answers (repeat for several)', collect, [])
    .option('--tag <tag>', 'instead of those of --like (repeat for several)', collect, [])
    .option('--overlay <overlay>', 'the overlay that gets its lines')
    .option('--dry-run', 'print the plan and stop')
    .option('--override <reason>', 'although it was rolled back')
    .option('--wait <seconds>', 'wait for somebody else’s push to end', wholeNumber(0, 86_400))
    .addHelpText('after', '\nExample:\n  $ mwpipe wiki add dewikinews --lang de --like enwikinews')
    .action((name: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<AddFlags>();
      return run<FlowEvent, AddedWiki>({
        flags,
        line: plainLine,
        verb: (tools) => add(name, flags, tools),
        show: (added) => ({
          text: addedText(added),
          json: added,
          ...(added.state === 'written' ? { exit: 'refused' } : {}),
        }),
      });
    });
}

async function add(name: string, flags: AddFlags, tools: Tools<FlowEvent>): Promise<Outcome<AddedWiki>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { overlaysOf, pushPolicyOf } = await import('../composition/config.ts');
  const { wikiToolsOf } = await import('../composition/wiki.ts');
  const { addWiki } = await import('../release/index.ts');
  const overlays = overlaysOf(workspace.value, flags.to);
  if (!overlays.ok) return overlays;
  const target = await wikiToolsOf(workspace.value, flags.to);
  if (!target.ok) return target;
  const { configSourceOf } = await import('../composition/config-git.ts');
  const policy = pushPolicyOf(workspace.value, flags.to);
  const branch = policy.demand === 'merged' ? policy.branch : undefined;
  const request: AddWikiRequest = {
    wish: wishOf(name, flags),
    dryRun: flags.dryRun === true,
    root: workspace.value.root,
    overlays: overlays.value,
    policy,
    override: flags.override,
    wait: flags.wait,
    compose: (unwritten) => bundleOf(flags, tools, unwritten),
    source: (bundle) => configSourceOf(workspace.value, { overlays: bundle.overlays, branch }, tools.context),
  };
  return addWiki(request, target.value, tools.context);
}

function wishOf(name: string, { lang, like, host, tag, overlay }: AddFlags) {
  return {
    name,
    ...(lang === undefined ? {} : { language: lang }),
    ...(like === undefined ? {} : { like }),
    ...(host.length === 0 ? {} : { hosts: host }),
    ...(tag.length === 0 ? {} : { tags: tag }),
    ...(overlay === undefined ? {} : { overlay }),
  };
}

function listCommand(run: RunCommand): Command {
  return onTarget('list', 'the wikis that the overlays of a target name')
    .option('--tag <tag>', 'only those with this tag, or on this list')
    .addHelpText('after', '\nExample:\n  $ mwpipe wiki list --tag wikipedia')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<OnTarget & { readonly tag?: string }>();
      return run<FlowEvent, readonly Wiki[]>({
        flags,
        line: plainLine,
        verb: async (tools) => {
          const wikis = await wikisOf(flags, tools);
          if (!wikis.ok) return wikis;
          return ok(wikis.value.filter(({ tags }) => flags.tag === undefined || tags.includes(flags.tag)));
        },
        show: (wikis) => ({ text: wikisText(wikis), json: wikis }),
      });
    });
}

function checkCommand(run: RunCommand): Command {
  return onTarget('check', 'ask each wiki where its users reach it: does it answer, as itself, with its version?')
    .argument('[names...]', 'only these')
    .addHelpText('after', '\nExample:\n  $ mwpipe wiki check dewiki')
    .action((names: readonly string[], _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<OnTarget>();
      return run<FlowEvent, readonly WikiCheck[]>({
        flags,
        line: plainLine,
        verb: (tools) => check(names, flags, tools),
        show: (checks) => ({
          text: checksText(checks),
          json: checks,
          ...(checks.some(({ problem }) => problem !== undefined) ? { exit: 'failed' } : {}),
        }),
      });
    });
}

async function check(
  names: readonly string[],
  flags: OnTarget,
  tools: Tools<FlowEvent>,
): Promise<Outcome<readonly WikiCheck[]>> {
  const wikis = await wikisOf(flags, tools);
  if (!wikis.ok) return wikis;
  const known = wikis.value.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, known);
    const hint = near === undefined ? 'mwpipe wiki list shows which there are' : `did you mean ${near}?`;
    return fail({ code: 'wiki/unknown', message: `no wiki ${unknown} here`, hint });
  }
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { targetToolsOf } = await import('../composition/deploy.ts');
  const { checkWikis } = await import('../release/index.ts');
  const target = await targetToolsOf(workspace.value, flags.to);
  if (!target.ok) return target;
  const asked = wikis.value.filter(({ name }) => names.length === 0 || names.includes(name));
  return ok(await checkWikis(asked, target.value, tools.context));
}

async function wikisOf(flags: OnTarget, tools: Tools<FlowEvent>): Promise<Outcome<readonly Wiki[]>> {
  const bundle = await bundleOf(flags, tools);
  return bundle.ok ? ok([...(bundle.value.farm?.wikis.values() ?? [])]) : bundle;
}
