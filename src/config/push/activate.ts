/** Moves the pointers and waits until every instance says that it serves the bundle; where too many don't, all go back. */
import { short } from '../../kernel/digest.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { ConfigEvent } from '../events.ts';
import { askMediaWiki, findAnswering, isWell } from './answering.ts';
import type { PushPlan } from './plan-push.ts';
import type { ConfigHost, InstanceAnswer, SlotInstances } from '../ports.ts';

const CONFIRM_MS = 5000;
const ASK_AGAIN_MS = 50;
const WENT_BACK = 'all slots went back; mwpipe logs shows what the instance says';

export type ConfirmedSlots = ReadonlyMap<string, readonly InstanceAnswer[]>;

interface Activation {
  readonly plan: PushPlan;
  /** Per cent of all instances that may fail: they are set aside. */
  readonly lost: number;
  /** Where a wiki of the farm answers. */
  readonly wikiHost: string | undefined;
  /** Instances whose MediaWiki answered before, where they were asked already. */
  readonly well?: ReadonlySet<string> | undefined;
}

export interface Activated {
  readonly confirmed: ConfirmedSlots;
  /** Instances that don't serve the bundle, and get no users any more. */
  readonly aside: readonly SlotInstances[];
}

/**
 * Short, and not stopped half-way by Ctrl-C: what is asked of the host here isn't aborted.
 * @returns fails with `config/not-confirmed` (failed) naming the instances, or what the host failed with; then every
 * slot that had a bundle has it again
 */
export async function activate(
  activation: Activation,
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<Activated>> {
  const steady = { ...context, signal: new AbortController().signal };
  const outcome = await moveAndConfirm(activation, host, steady);
  if (outcome.ok) return outcome;
  const back = await goBack(
    { plan: activation.plan, because: 'not every instance confirmed the bundle' },
    host,
    steady,
  );
  const [first, ...others] = outcome.diagnostics;
  return fail(first, ...others, ...back);
}

async function moveAndConfirm(
  { plan, lost, wikiHost, well }: Activation,
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<Activated>> {
  const before = well === undefined ? await findAnswering({ slots: plan.moves, wikiHost }, host, context) : ok(well);
  if (!before.ok) return before;
  for (const { slot, from } of plan.moves) {
    const pointed = await host.point({ slot, bundle: plan.bundle }, context);
    if (!pointed.ok) return pointed;
    context.emit({ code: 'config/pointed', slot, from, to: plan.bundle });
  }
  const confirmed = new Map<string, readonly InstanceAnswer[]>();
  for (const { slot } of plan.moves) {
    const answers = await askSlot({ slot, bundle: plan.bundle }, host, context);
    if (!answers.ok) return answers;
    confirmed.set(slot, await refuted({ slot, answers: answers.value, wikiHost, well: before.value }, host, context));
  }
  const aside = await setAside({ plan, confirmed, lost }, host, context);
  return aside.ok ? ok({ confirmed, aside: aside.value }) : aside;
}

/** The agent's word is not enough: where MediaWiki answered before and fails now, the instance has not activated. */
async function refuted(
  {
    slot,
    answers,
    wikiHost,
    well,
  }: {
    readonly slot: string;
    readonly answers: readonly InstanceAnswer[];
    readonly wikiHost: string | undefined;
    readonly well: ReadonlySet<string>;
  },
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<readonly InstanceAnswer[]> {
  const instances = answers.map(({ instance }) => instance).filter((name) => well.has(name));
  const question = { slots: [{ slot, instances }], wikiHost };
  const first = await askMediaWiki(question, host, context);
  const isGood = first.ok && [...first.value.values()].every(isWell);
  const last = isGood ? first : await askMediaWiki(question, host, context);
  const statuses = last.ok ? last.value : new Map<string, number>();
  return answers.map((answer) => {
    const status = statuses.get(answer.instance);
    if (!well.has(answer.instance) || isWell(status)) return answer;
    return {
      ...answer,
      bundle: undefined,
      problem: `answers ${String(status ?? 'nothing')} with it, and did not before`,
    };
  });
}

/** Those that failed leave rotation, where they are few and others of their slot serve on. */
async function setAside(
  { plan, confirmed, lost }: { readonly plan: PushPlan; readonly confirmed: ConfirmedSlots; readonly lost: number },
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<readonly SlotInstances[]>> {
  const all = [...confirmed.values()].flat();
  const failed = [...confirmed].map(([slot, answers]) => ({
    slot,
    bad: answers.filter(({ bundle }) => bundle !== plan.bundle),
    whole: answers.some(({ bundle }) => bundle === plan.bundle),
  }));
  const bad = failed.flatMap((one) => one.bad);
  if (bad.length === 0) return ok([]);
  const wrong = bad.map((answer) => notConfirmed(answer, plan));
  const few = (bad.length * 100) / all.length <= lost && failed.every((one) => one.whole);
  if (!few) return settle(undefined as never, wrong);
  const aside = failed
    .filter((one) => one.bad.length > 0)
    .map((one) => ({ slot: one.slot, instances: one.bad.map(({ instance }) => instance) }));
  for (const target of aside) {
    const moved = await host.setAside(target, context);
    if (!moved.ok) return fail(...moved.diagnostics, ...wrong);
    context.emit({ code: 'config/set-aside', ...target, because: wrong.map(({ message }) => message).join('; ') });
  }
  return ok(aside);
}

/** Asks until all agree, for a few seconds. @returns fails with `config/not-confirmed` where one doesn't */
export async function confirmSlot(
  {
    slot,
    bundle,
    instances,
  }: { readonly slot: string; readonly bundle: string; readonly instances?: readonly string[] },
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<readonly InstanceAnswer[]>> {
  const answers = await askSlot({ slot, bundle, ...(instances === undefined ? {} : { instances }) }, host, context);
  if (!answers.ok) return answers;
  return settle(
    answers.value,
    answers.value.filter((answer) => answer.bundle !== bundle).map((answer) => notConfirmed(answer, { bundle })),
  );
}

/** An instance may just be starting: it is asked again for a while. @returns what they said last, all or `instances` */
export async function askSlot(
  {
    slot,
    bundle,
    instances,
  }: { readonly slot: string; readonly bundle: string; readonly instances?: readonly string[] },
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<readonly InstanceAnswer[]>> {
  const started = context.clock.now();
  const agreed = new Map<string, InstanceAnswer>();
  for (;;) {
    const said = await host.confirm(slot, context, new Set(agreed.keys()));
    if (!said.ok) return said;
    const answers = said.value.filter(({ instance }) => instances === undefined || instances.includes(instance));
    const others = answers.filter((answer) => answer.bundle !== bundle);
    for (const answer of answers) if (answer.bundle === bundle) agreed.set(answer.instance, answer);
    const ms = context.clock.now() - started;
    if (others.length === 0 || ms > CONFIRM_MS) {
      const of = agreed.size + others.length;
      context.emit({ code: 'config/confirmed', slot, bundle, instances: agreed.size, of, ms });
      return ok([...agreed.values(), ...others].toSorted((a, b) => (a.instance < b.instance ? -1 : 1)));
    }
    await context.clock.sleep(ASK_AGAIN_MS, context.signal);
  }
}

export function notConfirmed(
  answer: InstanceAnswer,
  { bundle, hint = WENT_BACK }: { readonly bundle: string; readonly hint?: string },
): Diagnostic {
  const says = answer.bundle === undefined ? (answer.problem ?? 'does not answer') : `serves ${short(answer.bundle)}`;
  return {
    code: 'config/not-confirmed',
    message: `${answer.instance} ${says}, not ${short(bundle)}${answer.problem === undefined || answer.bundle === undefined ? '' : `: ${answer.problem}`}`,
    hint,
    exit: 'failed',
  };
}

/** Every slot to the bundle that it had; canaries' own pointers go with that. @returns what went wrong */
export async function goBack(
  { plan, because }: { readonly plan: PushPlan; readonly because: string },
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<readonly Diagnostic[]> {
  const wrong: Diagnostic[] = [];
  const slots: string[] = [];
  for (const { slot, from } of plan.moves) {
    if (from === undefined) continue;
    const pointed = await host.point({ slot, bundle: from }, context);
    if (pointed.ok) slots.push(slot);
    else wrong.push(...pointed.diagnostics);
  }
  context.emit({ code: 'config/went-back', slots, because });
  return wrong;
}
