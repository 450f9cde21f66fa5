/** The key that signs what is said of images: from a file, opened with the passphrase of the environment. */
import { readFile } from 'node:fs/promises';
import { signingKey, type SigningKey } from '../build/index.ts';
import { environment } from '../cli/process.ts';
import { systemCodeOf } from '../kernel/error.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import { Secret } from '../kernel/secret.ts';

/** @returns fails with `supply/unreadable-key`, and as `signingKey` does */
export async function signingKeyIn(file: string): Promise<Outcome<SigningKey>> {
  const pem = await readKeyFile(file);
  return pem.ok ? signingKey(file, new Secret(pem.value), environment.keyPassphrase()) : pem;
}

export async function readKeyFile(file: string): Promise<Outcome<Buffer>> {
  try {
    return ok(await readFile(file));
  } catch (thrown) {
    const message = `can't read the key ${file} (${systemCodeOf(thrown) ?? 'unknown'})`;
    return fail({ code: 'supply/unreadable-key', message, hint: 'name a PEM file', exit: 'input' });
  }
}
