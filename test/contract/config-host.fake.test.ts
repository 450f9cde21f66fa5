/** The fake host of bundles keeps the contract, so what is tested with it holds for the real one. */
import { configPlace, fakeConfigHost } from '../worlds/fakes/config-host.ts';
import { configHostContract } from './config-host.contract.ts';

configHostContract('a host in memory', () =>
  Promise.resolve({
    host: fakeConfigHost(configPlace({ slot: 'blue' })),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
);
