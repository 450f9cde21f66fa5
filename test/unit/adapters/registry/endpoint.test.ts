import { expect, it } from 'vitest';
import { endpointOf, mayAsk, shown } from '../../../../src/adapters/registry/endpoint.ts';

it.each([
  ['registry.example/wiki', false, 'https://registry.example'],
  ['registry.example:5000/a/b', false, 'https://registry.example:5000'],
  ['registry.example:5000/a/b', true, 'http://registry.example:5000'],
  ['127.0.0.1:5000/wiki', false, 'http://127.0.0.1:5000'],
  ['localhost:5000/wiki', false, 'http://localhost:5000'],
  ['127.0.0.1.example/wiki', false, 'https://127.0.0.1.example'],
])('reaches %s (insecure: %s) at %s', (repository, insecure, origin) => {
  expect(endpointOf(repository, insecure).origin).toBe(origin);
});

it('asks over plain HTTP only this machine, and the one host where it was allowed', () => {
  const open = endpointOf('registry.example:5000/wiki', true);
  const closed = endpointOf('registry.example:5000/wiki', false);
  const answers = (url: string): boolean[] => [open, closed].map((endpoint) => mayAsk(new URL(url), endpoint));
  expect(answers('https://anywhere.example/x')).toEqual([true, true]);
  expect(answers('http://127.0.0.1/x')).toEqual([true, true]);
  expect(answers('http://registry.example:5000/x')).toEqual([true, false]);
  expect(answers('http://registry.example/x')).toEqual([false, false]);
  expect(answers('file:///etc/passwd')).toEqual([false, false]);
});

it('shows an address without what may be secret in it', () => {
  expect(shown(new URL('https://u:p@blobs.example/a/b?X-Signature=secret'))).toBe('https://blobs.example/a/b');
});
