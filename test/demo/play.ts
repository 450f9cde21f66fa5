/** The demo's story: resolve, build, deploy, configure, test a patch, shift it in under load, and shift a broken one back. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/kernel/clock.ts';
import { ensureWorld, worldCheckout, worldLine, type World } from '../worlds/mediawiki/index.ts';

import { breakPageViews, changeCiteClass, changeEchoModel } from '../worlds/patches/index.ts';
import { runningPort, targetExists } from './down.ts';
import { controlRestart, underLoad, type LoadFacts } from './load.ts';
import { StoryError, tell, type CommandResult, type StepRecord, type Story } from './story.ts';
import { demoWorkspace, editSettings, workspaceFolder, type DemoPlace, type DemoWorkspace } from './workspace.ts';

export interface DemoFacts {
  readonly steps: readonly StepRecord[];
  readonly digests: Readonly<Record<string, string>>;
  readonly selected: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly lost: number;
  readonly controlLost: number;
}

export interface PlayOptions {
  readonly place: DemoPlace;
  readonly quiet: boolean;
  /** Seconds of load around the two shifts, at least. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** The second train: its Poem has a hook that the broken release breaks. */
const TRAIN = '1.43.0-wmf.2';

interface Scene {
  readonly story: Story;
  readonly world: World;
  readonly workspace: DemoWorkspace;
  readonly options: PlayOptions;
}

export async function play(options: PlayOptions): Promise<DemoFacts> {
  const ownPort = await runningPort(options.place);
  const workspace = await demoWorkspace(options.place, ownPort);
  const story = tell({ workspace: workspace.folder, quiet: options.quiet, signal: options.signal });
  story.say(
    'mwpipe takes MediaWiki from patches to traffic. This is its main job, on real MediaWiki, on this machine.',
  );
  if (workspace.portTaken !== undefined) {
    story.say(`Port ${String(workspace.portTaken)} is taken: the wiki will answer on ${String(workspace.port)}.`);
  }
  const world = await story.step("MediaWiki as git repos, made from Debian's source package", () =>
    makeWorld(story, options),
  );
  const scene = { story, world, workspace, options };
  await removeLastDemo(scene);
  const first = await firstRelease(scene);
  await configChange(scene);
  const patches = await testPatches(scene);
  const shifts = await shiftReleases(scene, patches.cite);
  await story.mwpipe('Where things stand', ['status', '--to', workspace.target]);
  story.say(farewell(scene, shifts));
  return {
    steps: story.steps,
    digests: { ...first, ...shifts.digests },
    selected: patches.selected,
    requests: shifts.load.requests,
    lost: shifts.load.lost,
    controlLost: shifts.control.lost,
  };
}

/** A story has one beginning: what an earlier run left, whole or half-made, goes first. */
async function removeLastDemo({ story, workspace, options }: Scene): Promise<void> {
  if (await targetExists(options.place)) {
    await story.mwpipe('Remove the wiki of the last demo', ['down', '--to', workspace.target, '--yes']);
  }
}

async function makeWorld(story: Story, options: PlayOptions): Promise<World> {
  const made = await ensureWorld({
    cache: options.place.cache,
    context: { signal: options.signal, clock: systemClock, emit: (event) => showLine(story, worldLine(event)) },
  });
  if (made.ok) return made.value;
  throw new StoryError(
    made.diagnostics.map(({ message, hint }) => `${message}${hint === undefined ? '' : ` (${hint})`}`).join('\n'),
  );
}

function showLine(story: Story, line: string | undefined): void {
  if (line !== undefined) story.say(`  ${line}`);
}

async function firstRelease({ story, workspace }: Scene): Promise<Record<string, string>> {
  await story.mwpipe('From a named set of repos to exact commits', ['resolve', 'demo', '--train', TRAIN]);
  const built = await story.mwpipe('From commits to an image, straight from the git trees', ['build', 'demo']);
  await story.mwpipe('The same again: the same digest, and nothing is made or sent', ['build', 'demo']);
  await story.mwpipe('A first release: MediaWiki behind HAProxy', ['deploy', '--to', workspace.target]);
  story.say(`  a real wiki answers at ${urlOf(workspace)}`);
  return { first: imageIdOf(built.value) };
}

async function configChange({ story, workspace }: Scene): Promise<void> {
  const before = await siteName(workspace);
  await story.step('A config deployer renames the wiki in config-overlays/demo/settings.yaml', () =>
    editSettings(workspace, (text) => text.replace(/(wgSitename:\s*\n\s+default: ).*/, '$1Wiki of the demo, renamed')),
  );
  await story.mwpipe('What would change?', ['config', 'diff', '--to', workspace.target]);
  await story.mwpipe('Make it live: no rebuild, no restart', ['config', 'push', '--to', workspace.target]);
  const after = await siteName(workspace);
  await story.mwpipe('And undo it', ['config', 'rollback', '--to', workspace.target]);
  const undone = await siteName(workspace);
  story.say(`  the wiki called itself "${before}", then "${after}", then "${undone}"`);
  if (before === after || before !== undone) throw new StoryError('the config push or its rollback did not show');
}

async function testPatches(scene: Scene): Promise<{ cite: string; selected: Record<string, number> }> {
  const { story } = scene;
  const cite = await checkout(scene, 'extensions/Cite');
  await changeCiteClass(cite);
  story.say(`\nA developer changed one class of Cite in ${cite}, and commits nothing yet.`);
  const one = await story.mwpipe('The tests that it can affect, and no others', ['test', '--changed'], { cwd: cite });
  const echo = await checkout(scene, 'extensions/Echo');
  await changeEchoModel(echo);
  story.say(`\nAnother changed Echo, which Thanks builds on, in ${echo}.`);
  const two = await story.mwpipe('Tests of both are chosen', ['test', '--changed'], { cwd: echo });
  return { cite, selected: { cite: selectedOf(one.value), echo: selectedOf(two.value) } };
}

interface Shifts {
  readonly load: LoadFacts;
  readonly control: LoadFacts;
  readonly digests: Record<string, string>;
}

async function shiftReleases(scene: Scene, cite: string): Promise<Shifts> {
  const { story, workspace, options } = scene;
  const poem = await checkout(scene, 'extensions/Poem');
  await breakPageViews(poem);
  const load = { url: urlOf(workspace), target: workspace.target, seconds: options.seconds, story };
  story.say('\nFrom here on requests come in: pages, scripts, API calls, and one logged-in edit a second.');
  const { results, facts } = await underLoad(load, async () => [
    await deployWith(scene, 'The patch becomes a release, and takes over the traffic step by step', `Cite=${cite}`),
    await deployWith(
      scene,
      'A release that fails on one page in five, though its health check is green',
      `Poem=${poem}`,
    ),
  ]);
  const [patch, broken] = results.map(({ value }) => imageIdOf(value));
  const control = await controlRestart(load);
  return { load: facts, control, digests: { patch: patch ?? '', broken: broken ?? '' } };
}

/** Cite's patch is taken; Poem's is found to be broken (exit 1). */
function deployWith({ story, workspace }: Scene, name: string, patch: string): Promise<CommandResult> {
  const expect = patch.startsWith('Poem') ? 1 : 0;
  return story.mwpipe(name, ['deploy', '--to', workspace.target, '--with', patch], { expect });
}

async function checkout({ options, world }: Scene, component: string): Promise<string> {
  const into = join(workspaceFolder(options.place), 'checkouts', component.replace('/', '-'));
  await rm(into, { recursive: true, force: true });
  await worldCheckout(world, { component, branch: `wmf/${TRAIN}`, into });
  return into;
}

const urlOf = (workspace: DemoWorkspace): string => `http://127.0.0.1:${String(workspace.port)}`;

async function siteName(workspace: DemoWorkspace): Promise<string> {
  const answer = await fetch(`${urlOf(workspace)}/api.php?action=query&meta=siteinfo&format=json`);
  const { query } = (await answer.json()) as { query: { general: { sitename: string } } };
  return query.general.sitename;
}

/** What a build and what a deploy call it. */
function imageIdOf(value: unknown): string {
  const { imageId, image } = (value ?? {}) as { imageId?: string; image?: string };
  return imageId ?? image ?? '';
}

function selectedOf(value: unknown): number {
  const { plan } = (value ?? {}) as { plan?: { selected?: readonly unknown[] } };
  return plan?.selected?.length ?? 0;
}

function farewell({ workspace }: Scene, { load, control }: Shifts): string {
  return `
Two shifts under load: ${String(load.requests)} requests, ${String(load.lost)} lost.
The control, a hard restart of router and instance, lost ${String(control.lost)} of ${String(control.requests)}.

The wiki stays up at ${urlOf(workspace)}
  change it             ${join(workspace.folder, 'config-overlays', 'demo', 'settings.yaml')}, then ./mwpipe --workspace ${workspace.folder} config push
  a shell inside it     ./mwpipe --workspace ${workspace.folder} shell
  remove everything     npm run demo -- --down`;
}
