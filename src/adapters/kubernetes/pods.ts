/** The pods of a target: which run, of which slot and image; each asked about itself, and taken out of its Service. */
import pLimit from 'p-limit';
import { z } from 'zod';
import { messageOf } from '../../kernel/error.ts';
import { ApiError } from './client.ts';
import { askJson, pathOf, unless, type Namespace } from './cluster.ts';

export interface Pod {
  readonly name: string;
  readonly slot: string;
  readonly image: string;
}

/** What images/common/php/agent.php answers. */
const answerSchema = z.object({
  bundle: z.string().nullable(),
  cached: z.record(z.string(), z.number()),
  staged: z.array(z.string()),
  problem: z.string().nullable(),
  traffic: z.object({ requests: z.number(), errors: z.number() }),
  secrets: z.array(z.object({ name: z.string(), problem: z.string().nullable() })).nullish(),
});

export type PodAnswer = z.output<typeof answerSchema>;

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        labels: z.record(z.string(), z.string()).default({}),
        deletionTimestamp: z.string().nullish(),
      }),
      spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string() })) }),
      status: z.object({
        phase: z.string().exactOptional(),
        containerStatuses: z
          .array(
            z.object({ name: z.string(), imageID: z.string(), state: z.object({ running: z.object({}).nullish() }) }),
          )
          .default([]),
      }),
    }),
  ),
});

const CONTAINER = 'mediawiki';
const STATUS_PORT = 8081;
/** A pod answers in some milliseconds; of one whose node is gone nothing comes, and the API server waits for it. */
const PATIENCE_MS = 3000;
const ASKED_AT_ONCE = 32;

/** Those whose MediaWiki runs, by name: one that is starting reads for itself what it shall have. */
export async function runningPods(namespace: Namespace): Promise<Pod[]> {
  const selector = encodeURIComponent('app.kubernetes.io/name=mediawiki,mwpipe.slot');
  const path = `${pathOf(namespace, 'pods')}?labelSelector=${selector}`;
  const { items } = podsSchema.parse(await askJson(namespace, { path }));
  return items
    .flatMap(({ metadata, spec, status }): Pod[] => {
      const container = status.containerStatuses.find(({ name }) => name === CONTAINER);
      if (typeof metadata.deletionTimestamp === 'string' || status.phase !== 'Running') return [];
      if (!container?.state.running) return [];
      const named = spec.containers.find(({ name }) => name === CONTAINER)?.image ?? '';
      const image = named.includes('sha256:') ? named : container.imageID;
      return [{ name: metadata.name, slot: metadata.labels['mwpipe.slot'] ?? '', image }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Through the API server, so that nothing of a pod need be reachable from here. @returns its words, or why there are none */
export async function askPod(namespace: Namespace, pod: string, query = ''): Promise<PodAnswer | string> {
  const path = `${pathOf(namespace, 'pods')}/${pod}:${String(STATUS_PORT)}/proxy/mwpipe/bundle${query}`;
  try {
    const said = answerSchema.safeParse(await askJson(namespace, { path, patienceMs: PATIENCE_MS }));
    return said.success ? said.data : `an answer on port ${String(STATUS_PORT)} that isn't mwpipe's`;
  } catch (thrown) {
    return `doesn't answer: ${messageOf(thrown)}`;
  }
}

/**
 * MediaWiki of this pod, as a user's request goes: images/common/nginx.conf has which.
 * @param host of the wiki @returns the HTTP status; 0 where nothing answered
 */
export async function probePod(namespace: Namespace, pod: string, host = 'localhost'): Promise<number> {
  const query = `host=${encodeURIComponent(host)}`;
  const path = `${pathOf(namespace, 'pods')}/${pod}:${String(STATUS_PORT)}/proxy/mwpipe/probe?${query}`;
  try {
    await askJson(namespace, { path, patienceMs: PATIENCE_MS });
    return 200;
  } catch (thrown) {
    return thrown instanceof ApiError ? thrown.status : 0;
  }
}

export async function askPods<T>(pods: readonly string[], ask: (pod: string) => Promise<T>): Promise<T[]> {
  const limit = pLimit(ASKED_AT_ONCE);
  return Promise.all(pods.map((pod) => limit(() => ask(pod))));
}

/** The Service of the chart asks for this label; a pod that is gone needs none. */
export async function labelTraffic(namespace: Namespace, pod: string, traffic: 'on' | 'off'): Promise<void> {
  const path = `${pathOf(namespace, 'pods')}/${pod}`;
  const body = { metadata: { labels: { 'mwpipe.traffic': traffic } } };
  await unless(404, namespace.client.ask({ method: 'PATCH', path, body }));
}
