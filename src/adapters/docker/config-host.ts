/**
 * Bundles on a docker target: the home container alone writes the overlay volume, by a PHP program of ours inside it
 * (images/common/php/bundles.php); instances are asked one by one, through their own nginx and FPM.
 */
import type Docker from 'dockerode';
import pLimit from 'p-limit';
import { z } from 'zod';
import type { ConfigHost, InstanceAnswer, LiveSlot, Stop } from '../../config/index.ts';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { all, fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { guardEngine } from './engine.ts';
import { exec, type ExecRequest } from './exec.ts';
import { namesOf, targetFilter } from './names.ts';

const PROGRAMS = '/usr/local/lib/mwpipe';
const ASKED_AT_ONCE = 8;

interface Target {
  readonly docker: Docker;
  readonly name: string;
}

/** @param target.name as in mwpipe.yaml: names.ts says what its containers and volumes are called */
export function dockerConfigHost(target: Target): ConfigHost {
  return {
    slots: (context) => liveSlots(target, context),
    stage: async ({ hash, data }, context) => {
      const said = await bundles(target, { argv: ['stage', hash], stdin: data }, context);
      return said.ok ? decode(stageSchema, said.value) : notStaged(hash, said.diagnostics);
    },
    point: async ({ slot, bundle }, context) => done(await bundles(target, { argv: ['point', slot, bundle] }, context)),
    confirm: (slot, context) => confirmSlot(target, slot, context),
    retire: (wanted, context) => retire(target, wanted, context),
    prune: async (keep, context) => {
      const said = await bundles(target, { argv: ['prune', ...keep] }, context);
      return said.ok ? decode(pruneSchema, said.value) : said;
    },
    mount: () => ({
      kind: 'volume',
      source: namesOf(target.name).volumes.overlay,
      target: '/srv/overlay',
      readOnly: true,
    }),
  };
}

const stageSchema = z.object({ state: z.enum(['staged', 'present']) });
const pruneSchema = z.object({ removed: z.array(z.string()) });
const listSchema = z.object({ slots: z.record(z.string(), z.string()) });
const refusalSchema = z.object({ problem: z.string() });
const answerSchema = z.object({ bundle: z.string().nullable(), cached: z.record(z.string(), z.number()) });

interface Instance {
  readonly container: string;
  readonly slot: string;
  readonly image: string;
}

async function liveSlots(target: Target, context: Stop): Promise<Outcome<LiveSlot[]>> {
  const instances = await runningInstances(target);
  if (!instances.ok || instances.value.length === 0) return instances.ok ? ok([]) : instances;
  const listed = await bundles(target, { argv: ['list'] }, context);
  if (!listed.ok) return listed;
  const pointers = decode(listSchema, listed.value);
  if (!pointers.ok) return pointers;
  const bySlot = Object.groupBy(instances.value, ({ slot }) => slot);
  return ok(
    Object.entries(bySlot)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([slot, members = []]) => ({
        slot,
        image: members[0]?.image ?? '',
        bundle: pointers.value.slots[slot],
        instances: members.map(({ container }) => container),
      })),
  );
}

async function runningInstances(target: Target): Promise<Outcome<Instance[]>> {
  const filters = { ...targetFilter(target.name, 'instance'), status: ['running'] };
  const listed = await guardEngine(() => target.docker.listContainers({ filters }));
  if (!listed.ok) return listed;
  return ok(
    listed.value
      .map((info) => ({
        container: (info.Names[0] ?? info.Id).replace(/^\//, ''),
        slot: info.Labels['mwpipe.slot'] ?? '',
        image: info.ImageID,
      }))
      .sort((a, b) => (a.container < b.container ? -1 : 1)),
  );
}

async function confirmSlot(target: Target, slot: string, context: Stop): Promise<Outcome<InstanceAnswer[]>> {
  return eachInstance(target, slot, async ({ container }) => {
    const asked = await exec({ docker: target.docker, container }, { argv: ['php', `${PROGRAMS}/ask.php`] }, context);
    if (!asked.ok) return ok(problem(container, asked.diagnostics[0].message));
    if (asked.value.exitCode !== 0) return ok(problem(container, asked.value.stderr.trim()));
    const answer = decode(answerSchema, asked.value.stdout);
    if (!answer.ok) return ok(problem(container, answer.diagnostics[0].message));
    const { bundle, cached } = answer.value;
    return ok({ instance: container, bundle: bundle ?? undefined, cached: Object.keys(cached) });
  });
}

async function retire(
  target: Target,
  { slot, bundles: retired }: { readonly slot: string; readonly bundles: readonly string[] },
  context: Stop,
): Promise<Outcome<void>> {
  const argv = ['php', `${PROGRAMS}/ask.php`, `retire=${retired.join(',')}`];
  const asked = await eachInstance(target, slot, ({ container }) =>
    exec({ docker: target.docker, container }, { argv }, context),
  );
  return asked.ok ? ok() : asked;
}

async function eachInstance<T>(
  target: Target,
  slot: string,
  ask: (instance: Instance) => Promise<Outcome<T>>,
): Promise<Outcome<T[]>> {
  const instances = await runningInstances(target);
  if (!instances.ok) return instances;
  const limit = pLimit(ASKED_AT_ONCE);
  const members = instances.value.filter((instance) => instance.slot === slot);
  return all(await Promise.all(members.map((instance) => limit(() => ask(instance)))));
}

/** One call of bundles.php in the home container; a refusal becomes a diagnostic. */
async function bundles(target: Target, call: ExecRequest, context: Stop): Promise<Outcome<string>> {
  const container = namesOf(target.name).home;
  const argv = ['php', `${PROGRAMS}/bundles.php`, ...call.argv];
  const said = await exec({ docker: target.docker, container }, { ...call, argv }, context);
  if (!said.ok) return said;
  if (said.value.exitCode === 0) return ok(said.value.stdout);
  const refusal = decode(refusalSchema, said.value.stdout);
  return fail({
    code: 'config/host-refused',
    message: refusal.ok ? refusal.value.problem : (said.value.stderr || said.value.stdout).trim().slice(-300),
    hint: `what is there: docker exec ${container} php ${PROGRAMS}/bundles.php list`,
    exit: 'outside',
  });
}

function decode<T>(schema: z.ZodType<T>, text: string): Outcome<T> {
  try {
    return ok(schema.parse(JSON.parse(text)));
  } catch {
    const message = `an answer that isn't mwpipe's: ${quote(text.trim())}`;
    return fail({
      code: 'config/odd-answer',
      message,
      hint: 'was the image built by another version of mwpipe?',
      exit: 'outside',
    });
  }
}

function done(outcome: Outcome<unknown>): Outcome<void> {
  return outcome.ok ? ok() : outcome;
}

function problem(instance: string, text: string): InstanceAnswer {
  return { instance, bundle: undefined, problem: text, cached: [] };
}

function notStaged(hash: string, because: readonly [Diagnostic, ...Diagnostic[]]): Outcome<never> {
  const [first] = because;
  if (first.code !== 'config/host-refused') return fail(...because);
  return fail({
    ...first,
    code: 'config/not-staged',
    message: `bundle ${hash.slice(0, 12)} could not be kept: ${first.message}`,
  });
}
