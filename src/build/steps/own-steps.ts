/**
 * The steps that a component brings itself, in `.pipeline/mwpipe.yaml`. Others write that file: it may ask for the
 * network only where the set lets it. What other tools keep in that folder is recognised, and not run.
 */
import { z } from 'zod';
import { stepsSchema, type BuildStep } from '../../kernel/build-steps.ts';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { parseYaml } from '../../kernel/yaml-document.ts';
import type { LockedComponent } from '../../resolve/index.ts';
import type { MountedTree } from '../layers/mount.ts';
import { openTree } from '../layers/open-tree.ts';
import type { StepPorts } from '../steps-ports.ts';
import { effectiveTrees } from './component-tree.ts';

const OWN_FILE = '.pipeline/mwpipe.yaml';
/** Wikimedia's PipelineLib and Blubber. */
const FOREIGN_FILES = ['.pipeline/config.yaml', '.pipeline/blubber.yaml'];
const MOST_BYTES = 100_000;

export const pipelineSchema = z.strictObject({
  /** Of this file's format. */
  version: z.literal(1),
  /** What makes files of this repo when an image is built, in order; each step sees what those before it made. */
  build: stepsSchema,
});

export interface OwnPipeline {
  readonly steps: readonly BuildStep[];
  /** A file of another tool, where there is no file of ours. */
  readonly foreign?: string;
}

type Ports = Pick<StepPorts, 'objects' | 'blobs'>;

/** @returns fails with `yaml/*`, `build/step-wants-network`, `build/huge-pipeline`, and as `openTree` does */
export async function readOwnSteps(
  component: LockedComponent,
  { mayUseNetwork, ...ports }: Ports & { readonly mayUseNetwork: boolean },
  context: RunContext<never>,
): Promise<Outcome<OwnPipeline>> {
  const found = await readPipeline(component, ports, context);
  if (!found.ok) return found;
  const { text, foreign } = found.value;
  if (text === undefined) return ok({ steps: [], ...(foreign === undefined ? {} : { foreign }) });
  const document = parseYaml(`${component.name}/${OWN_FILE}`, text, pipelineSchema);
  if (!document.ok) return document;
  const { value, at } = document.value;
  const refused = value.build.flatMap((step, index): Diagnostic[] => {
    if (step.network !== true || mayUseNetwork) return [];
    return [wantsNetwork(component.name, { step: step.name, at: at(['build', index, 'network']) })];
  });
  return settle({ steps: value.build }, refused);
}

interface FoundPipeline {
  readonly text?: string | undefined;
  readonly foreign?: string | undefined;
}

const foundSchema = z.strictObject({ text: z.string().exactOptional(), foreign: z.string().exactOptional() });

/** Remembered by tree: nearly no component has one, and looking needs its commit. */
async function readPipeline(
  component: LockedComponent,
  { objects, blobs }: Ports,
  context: RunContext<never>,
): Promise<Outcome<FoundPipeline>> {
  const [mounted] = effectiveTrees(component);
  if (mounted === undefined) return ok({});
  const name = `own-steps/${mounted.tree}`;
  const known = foundSchema.safeParse(await blobs.recall(name)).data;
  if (known !== undefined) return ok(known);
  const opened = await openTree({ ...mounted, tree: component.tree }, objects, context);
  if (!opened.ok) return opened;
  const found = await findPipeline(mounted, objects);
  if (found.ok) await blobs.remember(name, found.value);
  return found;
}

async function findPipeline(
  { name, url, tree }: MountedTree,
  objects: StepPorts['objects'],
): Promise<Outcome<FoundPipeline>> {
  const place = { url, id: tree };
  const stat = await objects.stat(place, OWN_FILE);
  if (stat !== undefined && stat.bytes > MOST_BYTES) return settle({}, [hugePipeline(name, stat.bytes)]);
  if (stat !== undefined) return ok({ text: (await objects.file(place, OWN_FILE))?.toString('utf8') });
  for (const foreign of FOREIGN_FILES) if ((await objects.stat(place, foreign)) !== undefined) return ok({ foreign });
  return ok({});
}

function wantsNetwork(
  component: string,
  { step, at }: { readonly step: string; readonly at: NonNullable<Diagnostic['at']> },
): Diagnostic {
  return {
    code: 'build/step-wants-network',
    message: `step ${quote(step)} of ${component} wants the network, and its set does not let it`,
    hint: `write "build: { network: true }" for ${component} in the set, or its steps there, or "build: false" for none`,
    at,
    exit: 'refused',
  };
}

function hugePipeline(component: string, bytes: number): Diagnostic {
  return {
    code: 'build/huge-pipeline',
    message: `${component}/${OWN_FILE} has ${bytes} bytes, a list of steps at most ${MOST_BYTES}`,
    hint: 'write "build: false" for this component in the set, and tell its authors',
    exit: 'refused',
  };
}
