/**
 * Bundles on a target of kind kubernetes: kept in its namespace, with a document that says which pod shall have which. Each pod's
 * agent follows that document by itself, so nothing here waits for a pod; confirm asks them all.
 */
import type { ConfigHost, SlotInstances, TargetSecret } from '../../config/index.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { guardCluster, type Namespace } from './cluster.ts';
import { changeDocument, readDocument, type TargetDocument } from './document.ts';
import { damageOf, keepOnly, keepParts, readParts } from './kept-bundles.ts';
import { signPin } from './pin.ts';
import { askPod, askPods, labelTraffic, probePod, runningPods, type PodAnswer } from './pods.ts';

type Slot = TargetDocument['slots'][string];

export function kubernetesConfigHost(namespace: Namespace): ConfigHost {
  return {
    slots: () => guardCluster(() => liveSlots(namespace)),
    stage: (bundle) => flat(guardCluster(() => stage(namespace, bundle))),
    read: (hash) => flat(guardCluster(() => read(namespace, hash))),
    point: (target) => flat(guardCluster(() => point(namespace, target))),
    confirm: (slot, _context, but) =>
      guardCluster(() => ofSlot({ namespace, slot, but }, async (pod) => answerOf(pod, await askPod(namespace, pod)))),
    retire: async ({ slot, bundles }) => {
      const query = `?retire=${bundles.join(',')}`;
      const asked = await guardCluster(() => ofSlot({ namespace, slot }, (pod) => askPod(namespace, pod, query)));
      return asked.ok ? ok() : asked;
    },
    prune: (keep) => guardCluster(() => prune(namespace, keep)),
    setAside: (pods) => guardCluster(() => moveAside(namespace, pods, 'off')),
    bringBack: (pods) => guardCluster(() => moveAside(namespace, pods, 'on')),
    probe: ({ instances, host }) =>
      guardCluster(async () =>
        Object.fromEntries(await askPods(instances, async (name) => [name, await probePod(namespace, name, host)])),
      ),
    secrets: () => guardCluster(() => secretNames(namespace)),
    pin: (wish) => flat(guardCluster(() => signPin(namespace, wish))),
    traffic: (slot) =>
      guardCluster(async () => {
        const asked = await ofSlot({ namespace, slot }, async (pod) => ({ pod, said: await askPod(namespace, pod) }));
        return asked.flatMap(({ pod, said }) => (typeof said === 'string' ? [] : [{ instance: pod, ...said.traffic }]));
      }),
    [Symbol.asyncDispose]: () => namespace.client[Symbol.asyncDispose](),
  };
}

async function liveSlots(namespace: Namespace) {
  const [pods, document] = await Promise.all([runningPods(namespace), readDocument(namespace)]);
  const bySlot = Object.groupBy(pods, ({ slot }) => slot);
  return Object.entries(bySlot)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([slot, members = []]) => {
      const names = new Set(members.map(({ name }) => name));
      const { bundle, own = {} } = document.slots[slot] ?? {};
      const apart = Object.entries(own).filter(([pod, hash]) => names.has(pod) && hash !== bundle);
      return { slot, image: members[0]?.image ?? '', bundle, instances: [...names], apart: Object.fromEntries(apart) };
    });
}

/** Parts first, then the list: an agent that reads the list finds all of them. */
async function stage(
  namespace: Namespace,
  packed: { readonly hash: string; readonly data: Uint8Array },
): Promise<Outcome<{ readonly state: 'staged' | 'present' }>> {
  const damage = damageOf(packed);
  if (damage !== undefined) {
    const message = `bundle ${packed.hash.slice(0, 12)} could not be kept: ${damage}`;
    return fail({ code: 'config/not-staged', message, hint: 'push it again', exit: 'outside' });
  }
  const { parts, made } = await keepParts(namespace, packed);
  const listed = await changeDocument(namespace, (document) => {
    if (document.bundles[packed.hash]?.parts.join() === parts.join()) return undefined;
    return { ...document, bundles: { ...document.bundles, [packed.hash]: { parts } } };
  });
  return ok({ state: made || listed ? 'staged' : 'present' });
}

async function read(namespace: Namespace, hash: string) {
  const { bundles } = await readDocument(namespace);
  const data = bundles[hash] === undefined ? undefined : await readParts(namespace, bundles[hash].parts);
  if (data !== undefined) return ok({ hash, data });
  return fail({
    code: 'config/not-kept',
    message: `bundle ${hash} is not kept in namespace ${namespace.name}`,
    hint: 'push the commit that it came from again',
    exit: 'outside',
  });
}

async function point(
  namespace: Namespace,
  target: { readonly slot: string; readonly bundle: string; readonly instances?: readonly string[] },
): Promise<Outcome<void>> {
  const staged = await changeDocument(namespace, (document) => {
    if (document.bundles[target.bundle] === undefined) return undefined;
    return { ...document, slots: { ...document.slots, [target.slot]: pointed(document.slots[target.slot], target) } };
  });
  if (staged) return ok();
  const message = `bundle ${target.bundle} is not staged`;
  return fail({ code: 'config/host-refused', message, hint: 'push stages it first', exit: 'outside' });
}

/** Own pointers are dropped when the whole slot moves. */
function pointed(
  slot: Slot | undefined,
  { bundle, instances }: { readonly bundle: string; readonly instances?: readonly string[] },
): Slot {
  const { own = {}, aside = [] } = slot ?? {};
  if (instances === undefined) return { bundle, own: {}, aside };
  const theirs = Object.fromEntries(instances.map((instance) => [instance, bundle]));
  return { ...slot, own: { ...own, ...theirs }, aside };
}

async function ofSlot<T>(
  {
    namespace,
    slot,
    but,
  }: { readonly namespace: Namespace; readonly slot: string; readonly but?: ReadonlySet<string> | undefined },
  ask: (pod: string) => Promise<T>,
): Promise<T[]> {
  const pods = (await runningPods(namespace)).filter((pod) => pod.slot === slot && but?.has(pod.name) !== true);
  return askPods(
    pods.map(({ name }) => name),
    ask,
  );
}

function answerOf(instance: string, said: PodAnswer | string) {
  if (typeof said === 'string') return { instance, bundle: undefined, problem: said, cached: [], staged: [] };
  const { bundle, cached, staged } = said;
  const problem = said.problem ?? (bundle === null ? 'has no bundle yet' : undefined);
  return {
    instance,
    bundle: bundle ?? undefined,
    ...(problem === undefined ? {} : { problem }),
    cached: Object.keys(cached),
    staged,
  };
}

/** As the first pod that answers sees the Secret: names from there, so that no value comes here. */
async function secretNames(namespace: Namespace): Promise<readonly TargetSecret[] | undefined> {
  for (const { name } of await runningPods(namespace)) {
    const said = await askPod(namespace, name, '?secrets');
    if (typeof said === 'string' || !said.secrets) continue;
    return said.secrets;
  }
  return undefined;
}

/** What a killed run left is unlisted, and goes too. */
async function prune(namespace: Namespace, keep: readonly string[]): Promise<{ readonly removed: readonly string[] }> {
  let removed: string[] = [];
  let parts = new Set<string>();
  await changeDocument(namespace, (document) => {
    const named = Object.values(document.slots).flatMap(({ bundle, own }) => [bundle, ...Object.values(own)]);
    const kept = new Set([...keep, ...named]);
    const bundles = Object.fromEntries(Object.entries(document.bundles).filter(([hash]) => kept.has(hash)));
    removed = Object.keys(document.bundles).filter((hash) => !kept.has(hash));
    parts = new Set(Object.values(bundles).flatMap((bundle) => bundle.parts));
    return removed.length === 0 ? undefined : { ...document, bundles };
  });
  await keepOnly(namespace, parts);
  return { removed };
}

/** By label, which the Service asks for: no word of the pod, nor of its agent, is needed. */
async function moveAside(
  namespace: Namespace,
  { slot, instances }: SlotInstances,
  traffic: 'on' | 'off',
): Promise<void> {
  await Promise.all(instances.map((pod) => labelTraffic(namespace, pod, traffic)));
  await changeDocument(namespace, (document) => {
    const now: Slot = document.slots[slot] ?? { own: {}, aside: [] };
    const others = now.aside.filter((pod) => !instances.includes(pod));
    const aside = traffic === 'off' ? [...others, ...instances] : others;
    return { ...document, slots: { ...document.slots, [slot]: { ...now, aside } } };
  });
}

async function flat<T>(nested: Promise<Outcome<Outcome<T>>>): Promise<Outcome<T>> {
  const outcome = await nested;
  return outcome.ok ? outcome.value : outcome;
}
