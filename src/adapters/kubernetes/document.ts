/**
 * What a target's pods shall have: the ConfigMap `mwpipe-config`, which each pod's agent watches (images/common/php/kubernetes-agent.php).
 * It is replaced as a whole; where another wrote in between, the change is made again on what is there now.
 */
import { z } from 'zod';
import { MwpipeError } from '../../kernel/error.ts';
import { askJson, pathOf, unless, type Namespace } from './cluster.ts';

const slotSchema = z.object({
  bundle: z.string().exactOptional(),
  /** By instance: what it has instead. */
  own: z.record(z.string(), z.string()).default({}),
  /** Instances that get no users. */
  aside: z.array(z.string()).default([]),
});

const documentSchema = z.object({
  /** By hash: the ConfigMaps that hold its packed form, in order. */
  bundles: z.record(z.string(), z.object({ parts: z.array(z.string()).min(1) })).default({}),
  slots: z.record(z.string(), slotSchema).default({}),
});

export type TargetDocument = z.output<typeof documentSchema>;

const mapSchema = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  data: z.record(z.string(), z.string()).default({}),
});

const NAME = 'mwpipe-config';
const KEY = 'config.json';
const ATTEMPTS = 20;

export async function readDocument(namespace: Namespace): Promise<TargetDocument> {
  return (await read(namespace)).document;
}

/** @param change gives what shall be there, or undefined for leaving it. @returns whether it was changed */
export async function changeDocument(
  namespace: Namespace,
  change: (document: TargetDocument) => TargetDocument | undefined,
): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { document, version } = await read(namespace);
    const next = change(document);
    if (next === undefined) return false;
    if (await write(namespace, next, version)) return true;
  }
  throw new MwpipeError({
    code: 'kubernetes/contended',
    message: `${NAME} was changed by others each time`,
    source: 'outside',
  });
}

async function read(namespace: Namespace): Promise<{ document: TargetDocument; version: string | undefined }> {
  const found = await unless(404, askJson(namespace, { path: `${pathOf(namespace, 'configmaps')}/${NAME}` }));
  if (found === undefined) return { document: documentSchema.parse({}), version: undefined };
  const { metadata, data } = mapSchema.parse(found);
  return { document: documentSchema.parse(JSON.parse(data[KEY] ?? '{}')), version: metadata.resourceVersion };
}

/** @returns false where somebody else wrote first */
async function write(namespace: Namespace, document: TargetDocument, version: string | undefined): Promise<boolean> {
  const path = pathOf(namespace, 'configmaps');
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: NAME,
      labels: { 'mwpipe.role': 'config' },
      ...(version === undefined ? {} : { resourceVersion: version }),
    },
    data: { [KEY]: JSON.stringify(document) },
  };
  const request =
    version === undefined ? ({ method: 'POST', path } as const) : ({ method: 'PUT', path: `${path}/${NAME}` } as const);
  return (await unless(409, namespace.client.ask({ ...request, body }))) !== undefined;
}
