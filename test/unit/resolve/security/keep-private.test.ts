import { expect, it } from 'vitest';
import { MwpipeError } from '../../../../src/kernel/error.ts';
import { keepPrivate } from '../../../../src/resolve/security/keep-private.ts';

const running = new AbortController().signal;

it('lets no word of a bug through, not even one that looks like a place', async () => {
  const canary = 'CANARY in T1\n    at steal (src/canary-name.ts:1:2)';
  const thrown = await keepPrivate(running, () => Promise.reject(new TypeError(canary))).catch(
    (cause: unknown) => cause,
  );
  const { message, stack, cause } = thrown as Error;
  expect(`${message}${stack ?? ''}${String(cause)}`).not.toMatch(/canary/i);
  expect(message).toContain('TypeError');
});

it('lets what is known pass: ours, and the interrupt', async () => {
  const full = new MwpipeError({ code: 'disk/full', message: 'no space', source: 'outside' });
  await expect(keepPrivate(running, () => Promise.reject(full))).rejects.toBe(full);
  const stopped = AbortSignal.abort(new Error('interrupted'));
  await expect(keepPrivate(stopped, () => Promise.reject(new Error('CANARY')))).rejects.toThrow('interrupted');
});
