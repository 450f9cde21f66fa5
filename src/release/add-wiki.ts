/**
 * `mwpipe wiki add`: a wiki is config. What its lines make is planned and checked before they are written; then one push
 * under one lease writes them, makes database and tables once, and makes the bundle live. No image is built.
 */
import {
  planWiki,
  pushConfig,
  readWikiFacts,
  writeEdits,
  type Bundle,
  type ConfigSource,
  type OverlayName,
  type PushResult,
  type Unwritten,
  type WikiPlan,
  type WikiWish,
} from '../config/index.ts';
import { makeWiki, readTargetState, releaseIn } from '../deploy/index.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import { silent } from '../kernel/run-context.ts';
import type { PushPolicy } from '../kernel/target-config.ts';
import { SITEINFO, wikiProblem } from './check-wikis.ts';
import type { FlowContext, TargetTools } from './tools.ts';
import { recordAct, takeBackEdits, withoutPlaces, type WikiAct } from './wiki-act.ts';

export interface AddWikiRequest {
  readonly wish: WikiWish;
  readonly dryRun: boolean;
  readonly root: string;
  readonly overlays: readonly OverlayName[];
  readonly policy: PushPolicy;
  /** Why a bundle that was rolled back is right now. */
  readonly override?: string | undefined;
  /** Seconds to wait for somebody else's act. */
  readonly wait?: number | undefined;
  readonly compose: (unwritten?: Unwritten) => Promise<Outcome<Bundle>>;
  /** Where the overlays come from, as they are on disk. */
  readonly source: (bundle: Bundle) => Promise<Outcome<ConfigSource | undefined>>;
}

export interface AddedWiki {
  /** `written`: the target wants them committed or merged first; nothing else was done. */
  readonly state: 'planned' | 'written' | 'added';
  readonly plan: WikiPlan;
  readonly url: string;
  readonly push?: PushResult;
}

/** The one wiki of a target without wikis.yaml. */
const ONLY = { name: 'wiki', hosts: ['localhost', '127.0.0.1'] };

/**
 * Idempotent: what a killed run left is gone on with. Where it fails or is stopped before an instance has the bundle, the
 * files are as they were; after that they stay.
 * @returns fails with `wiki/*`, `release/nothing-deployed`, `deploy/maintenance-failed`, and as composing and pushConfig do
 */
export async function addWiki(
  request: AddWikiRequest,
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<AddedWiki>> {
  const planned = await planAct(request, tools);
  if (!planned.ok) return planned;
  const act = planned.value;
  const { protocol, port } = new URL(tools.wiki.url);
  const url = `${protocol}//${act.plan.wiki.hosts[0] ?? ''}:${port}/`;
  context.emit({ code: 'wiki/planned', plan: act.plan });
  if (request.dryRun) return ok({ state: 'planned', plan: act.plan, url });
  if (act.plan.edits.length > 0 && request.policy.demand !== 'anything') {
    const written = await write(act, context);
    return written.ok ? ok({ state: 'written', plan: act.plan, url }) : written;
  }
  const pushed = await carryOut({ act, request }, tools, context);
  return pushed.ok ? ok({ state: 'added', plan: act.plan, url, push: pushed.value }) : pushed;
}

/** Reads, and writes nothing. */
async function planAct(request: AddWikiRequest, tools: TargetTools): Promise<Outcome<WikiAct>> {
  const now = await request.compose();
  if (!now.ok) return now;
  const facts = await readWikiFacts(request.wish, { ...request, bundle: now.value, only: ONLY });
  if (!facts.ok) return facts;
  const plan = planWiki(facts.value);
  if (!plan.ok) return plan;
  const { edits } = plan.value;
  const bundle = await request.compose(new Map(edits.map(({ file, after }) => [file, after])));
  if (!bundle.ok) return withoutPlaces(bundle, edits);
  const source = await request.source(bundle.value);
  if (!source.ok) return source;
  return ok({ plan: plan.value, bundle: bundle.value, source: dirtied(source.value, plan.value), who: tools.who });
}

/** The push comes from a work tree that has the lines, which no commit has. */
function dirtied(source: ConfigSource | undefined, { edits }: WikiPlan): ConfigSource | undefined {
  if (source === undefined || edits.length === 0) return source;
  return { ...source, clean: false, changed: [...source.changed, ...edits.map(({ file }) => file)] };
}

async function write({ plan }: WikiAct, context: FlowContext): Promise<Outcome<void>> {
  const written = await writeEdits(plan.edits);
  if (written.ok && plan.edits.length > 0) {
    context.emit({ code: 'wiki/written', files: plan.edits.map(({ file }) => file) });
  }
  return written;
}

async function carryOut(
  { act, request }: { readonly act: WikiAct; readonly request: AddWikiRequest },
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<PushResult>> {
  const record = recordAct(act, tools, context);
  let ended: Outcome<PushResult> | undefined;
  try {
    ended = await push({ act, request, begin: () => record('intent') }, tools, context);
    if (ended.ok) {
      const answered = await answers(act.plan, tools, context);
      if (!answered.ok) ended = answered;
    }
  } finally {
    // Ctrl-C comes as a throw; it must not find half of a wiki in the overlays either.
    if (ended?.ok !== true) await takeBackEdits(act, tools, context);
    await record(ended?.ok === true ? 'done' : 'failed');
  }
  return withoutPlaces(ended, act.plan.edits);
}

function push(
  {
    act,
    request,
    begin,
  }: { readonly act: WikiAct; readonly request: AddWikiRequest; readonly begin: () => Promise<Outcome<void>> },
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<PushResult>> {
  const { policy, override, wait } = request;
  const prepare = async (): Promise<Outcome<void>> => {
    const begun = await begin();
    if (!begun.ok) return begun;
    const written = await write(act, context);
    return written.ok ? make(act, tools, context) : written;
  };
  const ports = { host: tools.bundles, home: tools.home, runner: tools.runner, cache: tools.cache };
  const { bundle, source, plan } = act;
  const reason = `wiki add ${plan.wiki.name}`;
  return pushConfig({ bundle, source, policy, override, wait, reason, prepare }, ports, context);
}

/** With the image that users have now. */
async function make({ plan, bundle }: WikiAct, tools: TargetTools, context: FlowContext): Promise<Outcome<void>> {
  const state = await readTargetState(tools.home);
  if (!state.ok) return state;
  const slot = state.value.live ?? 'blue';
  const release = releaseIn(state.value, slot);
  if (release === undefined) return nothingLive();
  const started = context.clock.now();
  const where = { slot, release: release.number, image: release.image, instances: release.instances };
  context.emit({ code: 'wiki/making', wiki: plan.wiki.name });
  const done = await makeWiki({ release: where, bundle: bundle.hash, wiki: plan.wiki }, tools.target, context);
  if (done.ok) context.emit({ code: 'wiki/made', wiki: plan.wiki.name, ms: context.clock.now() - started });
  return done;
}

/** As its users reach it. */
async function answers({ wiki }: WikiPlan, tools: TargetTools, context: FlowContext): Promise<Outcome<void>> {
  const page = await tools.wiki.ask({ path: SITEINFO, host: wiki.hosts[0] ?? '' }, silent(context));
  if (!page.ok) return page;
  const problem = wikiProblem(wiki, page.value);
  if (problem === undefined) return ok();
  return fail({
    code: 'wiki/not-itself',
    message: `${wiki.hosts[0] ?? ''}, for ${wiki.name}, ${problem}`,
    hint: 'mwpipe config rollback takes it away again; its database stays',
    exit: 'failed',
  });
}

function nothingLive(): Outcome<never> {
  return fail({
    code: 'release/nothing-deployed',
    message: 'nothing is live here yet, so there is nothing to add a wiki to',
    hint: 'mwpipe deploy',
    exit: 'refused',
  });
}
