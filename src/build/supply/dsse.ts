/** Signed envelopes: DSSE, https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md. What is signed says its type. */
import { z } from 'zod';
import { canonicalJson } from '../../kernel/digest.ts';
import type { SigningKey, VerifyingKey } from './signing-key.ts';

export const ENVELOPE_TYPE = 'application/vnd.dsse.envelope.v1+json';

export interface Signed {
  readonly payloadType: string;
  readonly payload: Buffer;
}

export function signEnvelope({ payloadType, payload }: Signed, key: SigningKey): Buffer {
  const sig = key.sign(preAuthentication({ payloadType, payload })).toString('base64');
  return Buffer.from(
    canonicalJson({ payloadType, payload: payload.toString('base64'), signatures: [{ keyid: key.id, sig }] }),
  );
}

const base64 = z.string().regex(/^[A-Za-z0-9+/_-]*=*$/, 'is no base64');

const envelopeSchema = z.object({
  payloadType: z.string(),
  payload: base64,
  signatures: z.array(z.object({ keyid: z.string().optional(), sig: base64 })).min(1),
});

/**
 * What the envelope holds, where one of its signatures is by this key. `keyid` is a hint that anybody can write, so
 * each signature is tried.
 */
export function openEnvelope(document: unknown, key: VerifyingKey): Signed | 'not-signed-by-key' | 'no-envelope' {
  const envelope = envelopeSchema.safeParse(document);
  if (!envelope.success) return 'no-envelope';
  const { payloadType, signatures } = envelope.data;
  const payload = Buffer.from(envelope.data.payload, 'base64');
  const message = preAuthentication({ payloadType, payload });
  const isSigned = signatures.some(({ sig }) => key.verify(message, Buffer.from(sig, 'base64')));
  return isSigned ? { payloadType, payload } : 'not-signed-by-key';
}

/** PAE of the spec: no payload can be read as another type's. */
export function preAuthentication({ payloadType, payload }: Signed): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
