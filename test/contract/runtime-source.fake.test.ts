import { fakeRuntimeSource } from '../worlds/fakes/runtime-source.ts';
import { runtimeSourceContract } from './runtime-source.contract.ts';

runtimeSourceContract('in memory', () => {
  const source = fakeRuntimeSource();
  return Promise.resolve({ ...source, [Symbol.asyncDispose]: () => Promise.resolve() });
});
