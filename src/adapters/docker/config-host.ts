/**
 * Bundles on a docker target: the home container alone writes the overlay volume, by a PHP program of ours inside it
 * (images/common/php/bundles.php), which asks the instances too, each through its own nginx and FPM.
 */
import type Docker from 'dockerode';
import { z } from 'zod';
import type { ConfigHost, InstanceAnswer, LiveSlot, Stop } from '../../config/index.ts';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { guardEngine } from './engine.ts';
import { homeSession, type HomeSession } from './home-session.ts';
import { namesOf, targetFilter } from './names.ts';
import { moveAside } from './set-aside.ts';

/** Asks MediaWiki for settings and database, of every wiki. */
const PROBE = '/api.php?action=query&meta=siteinfo&format=json';
const AGENT = '/mwpipe/bundle';

interface Target {
  readonly docker: Docker;
  readonly name: string;
}

interface Place extends Target {
  readonly home: HomeSession;
}

/** @param target.name as in mwpipe.yaml: names.ts says what its containers and volumes are called */
export function dockerConfigHost(target: Target): ConfigHost {
  const home = homeSession({ docker: target.docker, container: namesOf(target.name).home });
  const place: Place = { ...target, home };
  const call = (argv: readonly string[], context: Stop) => home.call({ argv }, context);
  return {
    slots: (context) => liveSlots(place, context),
    stage: async ({ hash, data }, context) => {
      const said = await home.call({ argv: ['stage', hash], stdin: data }, context);
      return said.ok ? decode(stageSchema, said.value) : notStaged(hash, said.diagnostics);
    },
    read: async (hash, context) => {
      const said = await call(['read', hash], context);
      if (!said.ok) return notKept(hash, said.diagnostics);
      const read = decode(readSchema, said.value);
      return read.ok ? ok({ hash, data: Buffer.from(read.value.packed, 'base64') }) : read;
    },
    point: async ({ slot, bundle, instances = [] }, context) =>
      done(await call(['point', slot, bundle, ...instances], context)),
    confirm: (slot, context, but) => askSlot(place, { slot, query: '', but }, context),
    retire: async ({ slot, bundles }, context) =>
      done(await askSlot(place, { slot, query: `?retire=${bundles.join(',')}` }, context)),
    prune: async (keep, context) => {
      const said = await call(['prune', ...keep], context);
      return said.ok ? decode(pruneSchema, said.value) : said;
    },
    setAside: (instances, context) => moveAside(target, { ...instances, state: 'maint' }, context),
    bringBack: (instances, context) => moveAside(target, { ...instances, state: 'ready' }, context),
    probe: async ({ slot, instances, host = '' }, context) => {
      const asked = await askInstances(place, { slot, path: PROBE, host }, context);
      if (!asked.ok) return asked;
      return ok(Object.fromEntries(instances.map((name) => [name, asked.value.answers[name]?.status ?? 0])));
    },
    pin: async ({ bundle, seconds }, context) => {
      const said = await call(['pin', bundle, String(seconds)], context);
      const pinned = said.ok ? decode(pinSchema, said.value) : said;
      if (!pinned.ok) return pinned;
      const server = await serverOf(target);
      return server.ok ? ok({ ...pinned.value, server: server.value }) : server;
    },
    secrets: async (context) => {
      const said = await call(['secrets'], context);
      const listed = said.ok ? decode(secretsSchema, said.value) : said;
      return listed.ok ? ok(listed.value.secrets) : listed;
    },
    traffic: async (slot, context) => {
      const answers = await askEach(place, { slot, query: '' }, context);
      if (!answers.ok) return answers;
      return ok(
        answers.value.flatMap(({ name, said }) =>
          said === undefined ? [] : [{ instance: name, ...(said.traffic ?? { requests: 0, errors: 0 }) }],
        ),
      );
    },
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
}

const stageSchema = z.object({ state: z.enum(['staged', 'present']) });
const readSchema = z.object({ packed: z.string() });
const secretsSchema = z.object({ secrets: z.array(z.object({ name: z.string(), problem: z.string().nullable() })) });
const pinSchema = z.object({ value: z.string(), expires: z.number() });
const pruneSchema = z.object({ removed: z.array(z.string()) });
const listSchema = z.object({ slots: z.record(z.string(), z.string()) });
const askedSchema = z.object({ answers: z.record(z.string(), z.object({ status: z.number(), body: z.string() })) });
const agentSchema = z.object({
  bundle: z.string().nullable(),
  cached: z.record(z.string(), z.number()),
  staged: z.array(z.string()).default([]),
  traffic: z.object({ requests: z.number(), errors: z.number() }).exactOptional(),
});

interface Instance {
  readonly container: string;
  readonly slot: string;
  readonly image: string;
  readonly address: string;
}

async function liveSlots(place: Place, context: Stop): Promise<Outcome<LiveSlot[]>> {
  const instances = await runningInstances(place);
  if (!instances.ok || instances.value.length === 0) return instances.ok ? ok([]) : instances;
  const listed = await place.home.call({ argv: ['list'] }, context);
  if (!listed.ok) return listed;
  const pointers = decode(listSchema, listed.value);
  if (!pointers.ok) return pointers;
  const bySlot = Object.groupBy(instances.value, ({ slot }) => slot);
  return ok(
    Object.entries(bySlot)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([slot, members = []]) => liveSlot({ slot, members }, pointers.value.slots)),
  );
}

function liveSlot(
  { slot, members }: { readonly slot: string; readonly members: readonly Instance[] },
  pointers: Readonly<Record<string, string>>,
): LiveSlot {
  const instances = members.map(({ container }) => container);
  const own = instances.flatMap((name) => {
    const pointer = pointers[`${slot}@${name}`];
    return pointer === undefined || pointer === pointers[slot] ? [] : [[name, pointer] as const];
  });
  return { slot, image: members[0]?.image ?? '', bundle: pointers[slot], instances, apart: Object.fromEntries(own) };
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
        address: Object.values(info.NetworkSettings.Networks)[0]?.IPAddress ?? '',
      }))
      .sort((a, b) => (a.container < b.container ? -1 : 1)),
  );
}

/** How users reach it, as its instances were told. */
async function serverOf(target: Target): Promise<Outcome<string | undefined>> {
  const instances = await runningInstances(target);
  const [first] = instances.ok ? instances.value : [];
  if (first === undefined) return instances.ok ? ok(undefined) : instances;
  const found = await guardEngine(() => target.docker.getContainer(first.container).inspect());
  if (!found.ok) return found;
  const line = found.value.Config.Env.find((one) => one.startsWith('MWPIPE_SERVER='));
  return ok(line?.slice('MWPIPE_SERVER='.length));
}

interface Asked {
  readonly slot: string;
  readonly query: string;
  readonly but?: ReadonlySet<string> | undefined;
}

async function askSlot(place: Place, asked: Asked, context: Stop): Promise<Outcome<InstanceAnswer[]>> {
  const answers = await askEach(place, asked, context);
  if (!answers.ok) return answers;
  return ok(
    answers.value.map(({ name, said, problem }) => {
      if (said === undefined) return { instance: name, bundle: undefined, problem, cached: [], staged: [] };
      const { bundle, cached, staged } = said;
      return { instance: name, bundle: bundle ?? undefined, cached: Object.keys(cached), staged };
    }),
  );
}

async function askEach(place: Place, { slot, query, but }: Asked, context: Stop) {
  const asked = await askInstances(place, { slot, path: `${AGENT}${query}`, host: '', but }, context);
  if (!asked.ok) return asked;
  const { members, answers } = asked.value;
  return ok(members.map(({ container }) => agentAnswer(container, answers[container])));
}

async function askInstances(
  place: Place,
  { slot, path, host, but }: Omit<Asked, 'query'> & { readonly path: string; readonly host: string },
  context: Stop,
) {
  const instances = await runningInstances(place);
  if (!instances.ok) return instances;
  const members = instances.value.filter((one) => one.slot === slot && but?.has(one.container) !== true);
  const argv = ['ask', path, host, ...members.map(({ container, address }) => `${container}=${address}`)];
  const said = await place.home.call({ argv }, context);
  if (!said.ok) return said;
  const asked = decode(askedSchema, said.value);
  return asked.ok ? ok({ members, answers: asked.value.answers }) : asked;
}

function agentAnswer(name: string, answer: { readonly status: number; readonly body: string } | undefined) {
  const { status, body } = answer ?? { status: 0, body: 'was not asked' };
  const said = status === 200 ? agentSchema.safeParse(parsed(body)).data : undefined;
  const problem = status === 0 ? `no answer on port 8080: ${body}` : `answers ${status}: ${body.trim().slice(0, 200)}`;
  return { name, said, problem };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decode<T>(schema: z.ZodType<T>, answer: unknown): Outcome<T> {
  const decoded = schema.safeParse(answer);
  if (decoded.success) return ok(decoded.data);
  return fail({
    code: 'config/odd-answer',
    message: `an answer that isn't mwpipe's: ${quote(JSON.stringify(answer).slice(0, 200))}`,
    hint: 'was the image built by another version of mwpipe?',
    exit: 'outside',
  });
}

function done(outcome: Outcome<unknown>): Outcome<void> {
  return outcome.ok ? ok() : outcome;
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

function notKept(hash: string, because: readonly [Diagnostic, ...Diagnostic[]]): Outcome<never> {
  const [first] = because;
  if (first.code !== 'config/host-refused') return fail(...because);
  return fail({ ...first, code: 'config/not-kept', message: `bundle ${hash.slice(0, 12)} is not kept there any more` });
}
