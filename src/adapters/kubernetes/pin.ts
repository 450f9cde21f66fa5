/**
 * The signed header that sends one's own requests to a staged bundle. Its key is in the Secret that the pods mount: it is
 * read when it is needed, and kept nowhere. When it ends is counted by the API server's clock, which is nearer to the pods'
 * than this machine's.
 */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { BundlePin } from '../../config/index.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { Secret } from '../../kernel/secret.ts';
import { ApiError } from './client.ts';
import { askJson, pathOf, unless, type Namespace } from './cluster.ts';

/** Of a pod of charts/mediawiki: where its secrets are, and how users reach it. */
const podsSchema = z.object({
  items: z.array(
    z.object({
      spec: z.object({
        volumes: z.array(z.object({ name: z.string(), secret: z.object({ secretName: z.string() }).nullish() })),
        containers: z.array(
          z.object({
            name: z.string(),
            env: z.array(z.object({ name: z.string(), value: z.string().nullish() })).default([]),
          }),
        ),
      }),
    }),
  ),
});
const secretSchema = z.object({ data: z.record(z.string(), z.base64()).nullish() });

const KEY = 'pin-key';

/** @returns fails with `config/no-pin` */
export async function signPin(
  namespace: Namespace,
  { bundle, seconds }: { readonly bundle: string; readonly seconds: number },
): Promise<Outcome<BundlePin>> {
  const selector = encodeURIComponent('app.kubernetes.io/name=mediawiki,mwpipe.slot');
  const pods = podsSchema.parse(
    await askJson(namespace, { path: `${pathOf(namespace, 'pods')}?labelSelector=${selector}` }),
  );
  const spec = pods.items[0]?.spec;
  const secretName = spec?.volumes.find(({ name }) => name === 'secrets')?.secret?.secretName;
  if (secretName === undefined) return fail(noPin(`no pod of namespace ${namespace.name} mounts a Secret`));
  const key = await readKey(namespace, secretName);
  if (!key.ok) return key;
  const { serverNow } = await namespace.client.ask({ path: '/version' });
  if (serverNow === undefined) return fail(noPin('the API server does not say what time it is'));
  const expires = Math.floor(serverNow / 1000) + seconds;
  const signed = createHmac('sha256', key.value.reveal())
    .update(`bundle:${bundle}.${String(expires)}`)
    .digest('hex');
  const server = spec?.containers.flatMap(({ env }) => env).find(({ name }) => name === 'MWPIPE_SERVER')?.value;
  return ok({ value: `${bundle}.${String(expires)}.${signed}`, expires, server: server ?? undefined });
}

async function readKey(namespace: Namespace, secret: string): Promise<Outcome<Secret<string>>> {
  try {
    const found = await unless(404, askJson(namespace, { path: `${pathOf(namespace, 'secrets')}/${secret}` }));
    const data = found === undefined ? undefined : secretSchema.parse(found).data?.[KEY];
    const key = Buffer.from(data ?? '', 'base64')
      .toString('utf8')
      .trim();
    return key === '' ? fail(noKey(namespace, secret)) : ok(new Secret(key));
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.status !== 403) throw thrown;
    return fail(noPin(`you may not read Secret ${secret}, whose ${KEY} signs the pin: ${thrown.message}`));
  }
}

function noKey({ name }: Namespace, secret: string) {
  const patch = `kubectl -n ${name} patch secret ${secret} -p '{"stringData":{"${KEY}":"'$(openssl rand -hex 32)'"}}'`;
  return {
    ...noPin(`Secret ${secret} has no ${KEY} to sign the pin with`),
    hint: `${patch} (pods see it within 2 minutes)`,
  };
}

function noPin(message: string) {
  return {
    code: 'config/no-pin',
    message,
    hint: 'push with canaries instead: mwpipe config push',
    exit: 'refused',
  } as const;
}
