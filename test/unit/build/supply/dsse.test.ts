import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { preAuthentication } from '../../../../src/build/supply/dsse.ts';

const hello = { payloadType: 'http://example.com/HelloWorld', payload: Buffer.from('hello world') };

describe("the specification's example", () => {
  it('is encoded to the byte', () => {
    expect(preAuthentication(hello).toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('is counted in bytes, not in letters', () => {
    const text = preAuthentication({ payloadType: 'é', payload: Buffer.from('ü') }).toString();
    expect(text).toBe('DSSEv1 2 é 2 ü');
  });

  it('has a signature that fits what we encode', () => {
    const number = (decimal: string) =>
      Buffer.from(BigInt(decimal).toString(16).padStart(64, '0'), 'hex').toString('base64url');
    const key: JsonWebKey = {
      kty: 'EC',
      crv: 'P-256',
      x: number('46950820868899156662930047687818585632848591499744589407958293238635476079160'),
      y: number('5640078356564379163099075877009565129882514886557779369047442380624545832820'),
    };
    const sig = 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==';
    // Theirs is r and s, ours is DER as openssl and cosign have it: what is signed is the same.
    const options = { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const };
    expect(verify('sha256', preAuthentication(hello), options, Buffer.from(sig, 'base64'))).toBe(true);
  });
});
