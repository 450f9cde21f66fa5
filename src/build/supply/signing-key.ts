/** Keys that sign and verify, from PEM files as openssl writes them: ECDSA P-256 and Ed25519, as cosign takes them. */
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { systemCodeOf } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { Secret } from '../../kernel/secret.ts';

export interface VerifyingKey {
  /** sha256 of the public key, DER. */
  readonly id: string;
  verify(message: Buffer, signature: Buffer): boolean;
}

export interface SigningKey extends VerifyingKey {
  /** Ed25519 gives the same signature each time; ECDSA another one, as valid. */
  sign(message: Buffer): Buffer;
}

/** @returns fails with `supply/wrong-passphrase`, `supply/no-private-key`, `supply/key-kind` */
export function signingKey(file: string, pem: Secret<Buffer>, passphrase?: Secret<string>): Outcome<SigningKey> {
  const options = passphrase === undefined ? {} : { passphrase: passphrase.reveal() };
  const read = attempt(() => createPrivateKey({ key: pem.reveal(), format: 'pem', ...options }));
  if (!(read instanceof Error)) {
    const algorithm = algorithmOf(read);
    if (algorithm === undefined) return fail(keyKind(file, read));
    const message = (text: Buffer): Buffer => sign(algorithm.hash, text, read);
    return ok({ ...verifier(createPublicKey(read), algorithm), sign: message });
  }
  const locked = /ENCRYPTED/.test(pem.reveal().toString('latin1')) || systemCodeOf(read) === 'ERR_MISSING_PASSPHRASE';
  return fail(locked ? wrongPassphrase(file, passphrase !== undefined) : noKey(file, 'private'));
}

/** @returns fails with `supply/no-public-key`, `supply/key-kind` */
export function verifyingKey(file: string, pem: Buffer): Outcome<VerifyingKey> {
  // createPublicKey takes a private key too, and gives its public half: it isn't what should be handed round.
  if (/PRIVATE KEY/.test(pem.toString('latin1'))) return fail(noKey(file, 'public'));
  const read = attempt(() => createPublicKey({ key: pem, format: 'pem' }));
  if (read instanceof Error) return fail(noKey(file, 'public'));
  const algorithm = algorithmOf(read);
  return algorithm === undefined ? fail(keyKind(file, read)) : ok(verifier(read, algorithm));
}

interface Algorithm {
  /** Ed25519 has its own. */
  readonly hash: 'sha256' | null;
}

function algorithmOf(key: KeyObject): Algorithm | undefined {
  if (key.asymmetricKeyType === 'ed25519') return { hash: null };
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return key.asymmetricKeyType === 'ec' && curve === 'prime256v1' ? { hash: 'sha256' } : undefined;
}

function verifier(key: KeyObject, { hash }: Algorithm): VerifyingKey {
  const id = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  return { id, verify: (message, signature) => verify(hash, message, key, signature) };
}

function attempt(read: () => KeyObject): KeyObject | Error {
  try {
    return read();
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
  }
}

function wrongPassphrase(file: string, given: boolean) {
  return {
    code: 'supply/wrong-passphrase',
    message: given ? `the passphrase doesn't open ${file}` : `${file} wants a passphrase`,
    hint: 'put it into MWPIPE_KEY_PASSPHRASE',
    exit: 'input',
  } as const;
}

function noKey(file: string, kind: 'private' | 'public') {
  const make =
    kind === 'private'
      ? 'openssl genpkey -algorithm ed25519 -out mwpipe.key'
      : 'openssl pkey -in mwpipe.key -pubout -out mwpipe.pub';
  const message = `${file} holds no ${kind} key in PEM`;
  return {
    code: kind === 'private' ? 'supply/no-private-key' : 'supply/no-public-key',
    message,
    hint: make,
    exit: 'input',
  } as const;
}

function keyKind(file: string, key: KeyObject) {
  const kind = [key.asymmetricKeyType ?? 'unknown', key.asymmetricKeyDetails?.namedCurve ?? ''].join(' ').trim();
  return {
    code: 'supply/key-kind',
    message: `${file} is a key of kind ${kind}`,
    hint: 'take Ed25519 (openssl genpkey -algorithm ed25519) or ECDSA P-256 (-algorithm EC -pkeyopt ec_paramgen_curve:P-256)',
    exit: 'input',
  } as const;
}
