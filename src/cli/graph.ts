/** `mwpipe graph`: which component of a set depends on which, by kind of edge; as text, a file, a picture. */
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { ok, type Outcome } from '../kernel/outcome.ts';
import { writeAtomically } from '../kernel/write-atomically.ts';
import type { GraphOptions } from '../composition/graph.ts';
import type { ComponentGraph, GraphDiff, GraphEvent } from '../resolve/index.ts';
import { firstSet } from './first-set.ts';
import { diffMarkdown, diffText } from './render/graph/diff.ts';
import { graphMermaid } from './render/graph/mermaid.ts';
import { edgesText, graphLine, summaryText } from './render/graph/text.ts';
import type { GlobalFlags, MakeCommand, RunCommand, Shown, Tools } from './run.ts';

type Format = 'text' | 'json' | 'mermaid' | 'svg';

interface GraphFlags extends GlobalFlags {
  readonly format: Format;
  readonly kind?: readonly string[];
  readonly only?: readonly string[];
  readonly core?: boolean;
  readonly out?: string;
}

interface DiffFlags extends Omit<GraphFlags, 'format'> {
  readonly format: 'text' | 'markdown' | 'json';
  readonly strict?: boolean;
}

/** `show` is what `mwpipe graph demo` means: commander gives options of a command with others below it to the wrong one. */
export const graphCommand: MakeCommand = (run) =>
  new Command('graph')
    .description('show which component of an extension set depends on which, and why')
    .addHelpText('after', '\nExample:\n  $ mwpipe graph demo --format svg --out graph.svg')
    .addCommand(showCommand(run), { isDefault: true })
    .addCommand(diffCommand(run));

function showCommand(run: RunCommand): Command {
  return new Command('show')
    .description('as text, as a file for others, or as a picture (the default: `mwpipe graph demo`)')
    .argument('[set]', "name of an extension set (default: the first target's)")
    .addOption(new Option('--format <format>', 'how').choices(['text', 'json', 'mermaid', 'svg']).default('text'))
    .option('--kind <kinds>', 'only these: hard,attribute,hook,service,import,isLoaded,test-extra,phan', words)
    .option('--only <names...>', 'only what leads to these components and from them')
    .option('--core', 'with what leads to core and vendor, too')
    .option('--out <file>', 'write it to a file')
    .addHelpText('after', '\nExample:\n  $ mwpipe graph demo --only Echo')
    .action((set: string | undefined, ...[, command]: readonly [unknown, Command]) => {
      const flags = command.optsWithGlobals<GraphFlags>();
      const verb = (tools: Tools<GraphEvent>) => show(set, flags, tools);
      return run<GraphEvent, Made>({
        flags,
        line: graphLine,
        verb,
        show: ({ text, graph }) => ({ text, json: graph }),
      });
    });
}

function diffCommand(run: RunCommand): Command {
  return new Command('diff')
    .description('compare a declared file with the code: what is missing there, what nothing uses')
    .argument('<file>', "zuul's dependencies.yaml, a JSON like it, or a graph of --format json")
    .argument('[set]', "name of an extension set (default: the first target's)")
    .addOption(new Option('--format <format>', 'how').choices(['text', 'markdown', 'json']).default('text'))
    .option('--kind <kinds>', 'kinds that the file should have (default: all but phan)', words)
    .option('--strict', 'exit with 1 where something is missing')
    .addHelpText('after', '\nExample:\n  $ mwpipe graph diff zuul/dependencies.yaml demo --strict')
    .action((file: string, set: string | undefined, ...[, command]: readonly [unknown, Command]) => {
      const flags = command.optsWithGlobals<DiffFlags>();
      const verb = (tools: Tools<GraphEvent>) => diff({ file, set }, flags, tools);
      return run<GraphEvent, GraphDiff>({ flags, line: graphLine, verb, show: (found) => shown(found, flags) });
    });
}

async function diff(
  { file, set }: { readonly file: string; readonly set: string | undefined },
  flags: DiffFlags,
  tools: Tools<GraphEvent>,
): Promise<Outcome<GraphDiff>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { graphDiffIn } = await import('../composition/graph.ts');
  const options = { ...optionsOf(flags), set: set ?? firstSet(workspace.value), file: resolve(tools.cwd, file) };
  return graphDiffIn(workspace.value, options, tools.context);
}

function shown(found: GraphDiff, { format, strict }: DiffFlags): Shown {
  const text = { text: diffText, markdown: diffMarkdown, json: asJson }[format](found);
  return { text, json: found, ...(strict === true && found.missing.length > 0 ? { exit: 'failed' as const } : {}) };
}

interface Made {
  readonly graph: ComponentGraph;
  readonly text: string;
}

async function show(set: string | undefined, flags: GraphFlags, tools: Tools<GraphEvent>): Promise<Outcome<Made>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { graphIn } = await import('../composition/graph.ts');
  const options = { ...optionsOf(flags), set: set ?? firstSet(workspace.value) };
  const graph = await graphIn(workspace.value, options, tools.context);
  if (!graph.ok) return graph;
  const text = await formatted(graph.value, flags);
  if (flags.out === undefined) return ok({ graph: graph.value, text });
  await writeAtomically(resolve(tools.cwd, flags.out), text.endsWith('\n') ? text : `${text}\n`);
  return ok({ graph: graph.value, text: `wrote ${flags.out}: ${String(graph.value.edges.length)} edges` });
}

/** A picture of every class that somebody names is black: it has what ties components together, unless asked. */
const DRAWN = ['hard', 'attribute', 'hook', 'service'] as const;

function optionsOf(
  flags: Partial<Pick<GraphFlags, 'kind' | 'only' | 'core'>> & { format: string },
): Omit<GraphOptions, 'set'> {
  const isPicture = flags.format === 'mermaid' || flags.format === 'svg';
  const kinds = flags.kind ?? (isPicture ? DRAWN : undefined);
  return {
    ...(kinds === undefined ? {} : { kinds }),
    ...(flags.only === undefined ? {} : { only: flags.only }),
    ...(flags.core === undefined ? {} : { core: flags.core }),
  };
}

async function formatted(graph: ComponentGraph, { format, only }: GraphFlags): Promise<string> {
  switch (format) {
    case 'json':
      return (await import('../resolve/index.ts')).formatGraph(graph);
    case 'mermaid':
      return graphMermaid(graph);
    case 'svg':
      return (await import('./render/graph/svg.ts')).graphSvg(graph);
    case 'text': {
      const { summariseGraph } = await import('../resolve/index.ts');
      return only === undefined ? summaryText(graph, summariseGraph(graph)) : edgesText(graph);
    }
  }
}

function asJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}

function words(list: string): string[] {
  return list.split(',').map((word) => word.trim());
}
