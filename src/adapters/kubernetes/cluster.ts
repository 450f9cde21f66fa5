/** What of a cluster's refusals is daily life, as diagnostics; and objects of one namespace, read and written. */
import { z } from 'zod';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { messageOf, systemCodeOf } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { ApiError, type ApiRequest, type KubernetesClient } from './client.ts';

export interface Namespace {
  readonly client: KubernetesClient;
  readonly name: string;
}

/** Metadata alone: of a list of bundles nobody wants the bytes. */
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

const metadataSchema = z.object({
  // Null where there are none.
  items: z
    .array(z.object({ metadata: z.object({ name: z.string(), creationTimestamp: z.string().nullish() }) }))
    .nullish()
    .transform((items) => items ?? []),
});

const GONE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
]);

/** Runs calls to a cluster; what goes wrong in daily life becomes a diagnostic, the rest is thrown on. */
export async function guardCluster<T>(call: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return ok(await call());
  } catch (thrown) {
    const known = diagnosticOf(thrown);
    if (known === undefined) throw thrown;
    return fail(known);
  }
}

function diagnosticOf(thrown: unknown): Diagnostic | undefined {
  const message = messageOf(thrown);
  if (thrown instanceof ApiError) {
    if (thrown.status === 401 || thrown.status === 403) {
      return {
        code: 'kubernetes/not-allowed',
        message,
        hint: 'mwpipe needs pods, configmaps and leases of the namespace: get, list, create, update, patch, delete, and pods/proxy',
        exit: 'outside',
      };
    }
    return {
      code: 'kubernetes/refused',
      message,
      hint: 'see what is there: kubectl get all,configmaps',
      exit: 'outside',
    };
  }
  const code = systemCodeOf(thrown);
  if (GONE.has(code ?? '') || /socket hang up|certificate|disconnected/i.test(message)) {
    return {
      code: 'kubernetes/not-reachable',
      message: `the cluster's API doesn't answer (${message})`,
      hint: 'what runs there goes on with what it has; check with: kubectl get nodes',
      exit: 'outside',
    };
  }
  if (code === 'ENOENT') {
    return { code: 'kubernetes/no-kubeconfig', message, hint: 'name it in mwpipe.yaml: kubeconfig', exit: 'input' };
  }
  return undefined;
}

/** Path of a kind of object in a namespace; ConfigMaps and pods where no group is named. */
export function pathOf({ name }: Namespace, kind: string, group = 'api/v1'): string {
  return `/${group}/namespaces/${encodeURIComponent(name)}/${kind}`;
}

export async function askJson(namespace: Namespace, request: ApiRequest): Promise<unknown> {
  return JSON.parse((await namespace.client.ask(request)).body) as unknown;
}

/** Undefined where the answer is `status`: 404 no such object, 409 one is there already or was changed meanwhile. */
export async function unless<T>(status: 404 | 409, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.status === status) return undefined;
    throw thrown;
  }
}

/** Names of the ConfigMaps with this role, in order. */
export async function namesWithRole(
  namespace: Namespace,
  role: string,
  kind = 'configmaps',
): Promise<{ name: string; createdMs: number }[]> {
  const path = `${pathOf(namespace, kind)}?labelSelector=${encodeURIComponent(`mwpipe.role=${role}`)}`;
  const listed = metadataSchema.parse(await askJson(namespace, { path, accept: METADATA }));
  return listed.items
    .map(({ metadata }) => ({ name: metadata.name, createdMs: Date.parse(metadata.creationTimestamp ?? '') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** It may be gone already. */
export async function remove(namespace: Namespace, kind: string, name: string): Promise<void> {
  await unless(404, namespace.client.ask({ method: 'DELETE', path: `${pathOf(namespace, kind)}/${name}` }));
}
