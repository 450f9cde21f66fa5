/** What a repository has, by HEAD: a blob of another length counts as damaged, since a second upload would not mend it. */
import pLimit from 'p-limit';
import type { Content } from '../../build/registry-ports.ts';
import { short, type Digest } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { AT_ONCE, type Context, type RegistryClient } from './client.ts';
import { lies } from './faults.ts';
import { ACCEPT } from './manifests.ts';
import { allOf } from './settled.ts';

/** @returns fails with `registry/wrong-bytes` where its length is another */
export async function headContent(
  client: RegistryClient,
  { kind, digest, bytes }: Content,
  context: Context,
): Promise<Outcome<boolean>> {
  const url = `${kind}s/${digest}`;
  const headers = kind === 'manifest' ? { accept: ACCEPT } : {};
  const answer = await client.send({ method: 'HEAD', url, headers, accept: [200, 404] }, context);
  if (!answer.ok) return answer;
  await answer.value.discard();
  if (answer.value.status === 404) return ok(false);
  const length = answer.value.headers.get('content-length');
  if (length === null || Number(length) === bytes) return ok(true);
  return fail(
    lies(client.place, { what: `${kind} ${short(digest)}`, got: `${length} bytes where ${bytes} are named` }),
  );
}

export async function heldContents(
  client: RegistryClient,
  contents: readonly Content[],
  context: Context,
): Promise<Outcome<ReadonlySet<Digest>>> {
  const limit = pLimit(AT_ONCE * 2);
  let isFailed = false;
  const heads = contents.map((content) =>
    limit(async (): Promise<Outcome<Digest | undefined>> => {
      if (isFailed) return ok(undefined);
      const held = await headContent(client, content, context);
      isFailed ||= !held.ok;
      return held.ok ? ok(held.value ? content.digest : undefined) : held;
    }),
  );
  const held = await allOf(heads);
  return held.ok ? ok(new Set(held.value.filter((digest) => digest !== undefined))) : held;
}
