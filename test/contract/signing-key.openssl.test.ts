// needs: openssl
/** Keys and signatures as openssl makes and takes them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEnvelope, preAuthentication, signEnvelope } from '../../src/build/supply/dsse.ts';
import { signingKey, verifyingKey, type SigningKey, type VerifyingKey } from '../../src/build/supply/signing-key.ts';
import { signingKeyIn } from '../../src/composition/signing.ts';
import { Secret } from '../../src/kernel/secret.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';

let folder: string;

function openssl(...words: string[]): void {
  execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mwpipe-keys-'));
  openssl('genpkey', '-algorithm', 'ed25519', '-out', 'ed25519.key');
  openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'p256.key');
  openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384', '-out', 'p384.key');
  openssl('pkcs8', '-topk8', '-in', 'p256.key', '-out', 'locked.key', '-passout', 'pass:opensesame');
  for (const name of ['ed25519', 'p256', 'p384'])
    openssl('pkey', '-in', `${name}.key`, '-pubout', '-out', `${name}.pub`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pem = (name: string) => readFileSync(join(folder, name));
const privateKey = (name: string, passphrase?: string) =>
  signingKey(name, new Secret(pem(name)), passphrase === undefined ? undefined : new Secret(passphrase));
const publicKey = (name: string) => verifyingKey(name, pem(name));
const hello = { payloadType: 'http://example.com/HelloWorld', payload: Buffer.from('hello world') };
const opened = (envelope: Buffer, key: VerifyingKey) => openEnvelope(JSON.parse(envelope.toString()), key);

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.diagnostics[0].message);
  return outcome.value;
}

describe.each(['ed25519', 'p256'])('a signature by a key of kind %s', (name) => {
  it('opens with its public key alone', () => {
    const envelope = signEnvelope(hello, valueOf(privateKey(`${name}.key`)));
    const other = name === 'p256' ? 'ed25519.pub' : 'p256.pub';
    expect(opened(envelope, valueOf(publicKey(`${name}.pub`)))).toEqual(hello);
    expect(opened(envelope, valueOf(publicKey(other)))).toBe('not-signed-by-key');
  });

  it('is one that openssl accepts', () => {
    const key: SigningKey = valueOf(privateKey(`${name}.key`));
    writeFileSync(join(folder, 'message'), preAuthentication(hello));
    writeFileSync(join(folder, 'sig'), key.sign(preAuthentication(hello)));
    const kind = name === 'p256' ? ['-digest', 'sha256'] : [];
    const words = ['-verify', '-pubin', '-inkey', `${name}.pub`, '-rawin', '-in', 'message', '-sigfile', 'sig'];
    expect(() => openssl('pkeyutl', ...words, ...kind)).not.toThrow();
  });

  it('covers the type and every byte of what was signed', () => {
    const key = valueOf(publicKey(`${name}.pub`));
    const envelope = JSON.parse(signEnvelope(hello, valueOf(privateKey(`${name}.key`))).toString()) as object;
    expect(openEnvelope({ ...envelope, payloadType: 'text/plain' }, key)).toBe('not-signed-by-key');
    expect(openEnvelope({ ...envelope, payload: Buffer.from('hello World').toString('base64') }, key)).toBe(
      'not-signed-by-key',
    );
    expect(openEnvelope({ ...envelope, signatures: [] }, key)).toBe('no-envelope');
    expect(openEnvelope({ ...envelope, signatures: [{ sig: 'AAAA' }] }, key)).toBe('not-signed-by-key');
    expect(openEnvelope('hello', key)).toBe('no-envelope');
  });
});

describe('a key', () => {
  it('is read from its file, and opened with what the environment says', async () => {
    process.env['MWPIPE_KEY_PASSPHRASE'] = 'opensesame';
    try {
      expect((await signingKeyIn(join(folder, 'locked.key'))).ok).toBe(true);
    } finally {
      delete process.env['MWPIPE_KEY_PASSPHRASE'];
    }
    const none = await signingKeyIn(join(folder, 'no.key'));
    expect(none).toMatchObject({ diagnostics: [{ code: 'supply/unreadable-key' }] });
  });

  it('that is locked opens with its passphrase, which no message shows', () => {
    expect(privateKey('locked.key', 'opensesame').ok).toBe(true);
    const wrong = [privateKey('locked.key'), privateKey('locked.key', 'hunter2')];
    expect(wrong).toMatchObject([
      { diagnostics: [{ code: 'supply/wrong-passphrase', message: 'locked.key wants a passphrase' }] },
      { diagnostics: [{ code: 'supply/wrong-passphrase', message: "the passphrase doesn't open locked.key" }] },
    ]);
    expect(JSON.stringify(wrong)).not.toContain('hunter2');
  });

  it('of another kind, or of the wrong half, is refused with what to do', () => {
    expect([
      privateKey('p384.key'),
      publicKey('p384.pub'),
      privateKey('p256.pub'),
      publicKey('p256.key'),
    ]).toMatchObject([
      { diagnostics: [{ code: 'supply/key-kind', message: 'p384.key is a key of kind ec secp384r1' }] },
      { diagnostics: [{ code: 'supply/key-kind' }] },
      { diagnostics: [{ code: 'supply/no-private-key' }] },
      { diagnostics: [{ code: 'supply/no-public-key' }] },
    ]);
  });
});
