/** The bytes of a blob, verified as they pass: goes on where a connection broke, and ends in `WrongAnswer` before a reader can believe wrong bytes. */
import { createHash } from 'node:crypto';
import type { Content } from '../../build/registry-ports.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { short } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { Answer } from './answer.ts';
import type { Context, RegistryClient } from './client.ts';
import { causeOf, gone, lies } from './faults.ts';

/** Thrown into whoever stores the bytes, so that nothing of them is kept. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer';
  readonly diagnostics: readonly [Diagnostic, ...Diagnostic[]];

  constructor(diagnostics: readonly [Diagnostic, ...Diagnostic[]]) {
    super(diagnostics[0].message);
    this.diagnostics = diagnostics;
  }
}

export type Wanted = Pick<Content, 'digest' | 'bytes'>;

/** Throws `WrongAnswer`, and the signal's reason. */
export async function* downloadBlob(
  { digest, bytes }: Wanted,
  client: RegistryClient,
  context: Context,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  const what = `blob ${short(digest)}`;
  let received = 0;
  for (let tries = 1; received < bytes || tries === 1; tries += 1) {
    const from = received;
    const answer = valueOf(await ask(digest, { from, client }, context));
    try {
      let skip = answer.status === 206 ? 0 : from;
      for await (const chunk of answer.bytes()) {
        const rest = chunk.subarray(Math.min(skip, chunk.length));
        skip -= chunk.length - rest.length;
        received += rest.length;
        if (received > bytes) break;
        hash.update(rest);
        yield rest;
      }
    } catch (broken) {
      context.signal.throwIfAborted();
      if (received > from) tries = 1;
      if (tries >= client.limits.tries) throw new WrongAnswer([gone(client.place, broken)]);
      await client.wait(tries, causeOf(broken), context);
      continue;
    }
    if (received !== bytes) break;
  }
  if (received !== bytes) throw wrong(client, { what, got: `${received} bytes where ${bytes} are named` });
  const got = hash.digest('hex');
  if (`sha256:${got}` !== digest) throw wrong(client, { what, got: `sha256:${got.slice(0, 12)}` });
}

async function ask(
  digest: string,
  { from, client }: { readonly from: number; readonly client: RegistryClient },
  context: Context,
): Promise<Outcome<Answer>> {
  const headers = from === 0 ? {} : { range: `bytes=${from}-` };
  const answer = await client.send(
    { method: 'GET', url: `blobs/${digest}`, headers, accept: [200, 206, 404] },
    context,
  );
  if (!answer.ok || answer.value.status !== 404) return answer;
  await answer.value.discard();
  return fail(lacksBlob(client, digest));
}

function lacksBlob({ place: { name } }: RegistryClient, digest: string): Diagnostic {
  return {
    code: 'registry/lacks-blob',
    message: `${name} has the image's manifest, and not its blob ${short(digest)}`,
    hint: 'its storage lost it: push the image there again, and pull from another registry meanwhile',
    exit: 'outside',
  };
}

function wrong({ place }: RegistryClient, told: { readonly what: string; readonly got: string }): WrongAnswer {
  return new WrongAnswer([lies(place, told)]);
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new WrongAnswer(outcome.diagnostics);
}

/** Reads all of it and keeps nothing. */
export async function readBack(wanted: Wanted, client: RegistryClient, context: Context): Promise<Outcome<void>> {
  try {
    const source = downloadBlob(wanted, client, context);
    while ((await source.next()).done !== true);
    return ok();
  } catch (thrown) {
    if (thrown instanceof WrongAnswer) return fail(...thrown.diagnostics);
    throw thrown;
  }
}
