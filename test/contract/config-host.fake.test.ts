/** The fake host of bundles keeps the contract, so what is tested with it holds for the real one. */
import { configPlace, fakeConfigHost } from '../worlds/fakes/config-host.ts';
import { configHostContract, KEPT_VALUE } from './config-host.contract.ts';

configHostContract('a host in memory', () => {
  const place = configPlace({ slot: 'blue' });
  place.secrets.set('secret-key', { value: KEPT_VALUE, problem: null });
  return Promise.resolve({ host: fakeConfigHost(place), [Symbol.asyncDispose]: () => Promise.resolve() });
});
