import { fakeImageRegistry, fakeRegistryHost } from '../worlds/fakes/image-registry.ts';
import { imageRegistryContract } from './image-registry.contract.ts';

imageRegistryContract('the fake registry', () => {
  const host = fakeRegistryHost();
  return Promise.resolve({
    open: (path, blobs, options) => fakeImageRegistry(host, { path, blobs, ...options }),
    damage: (blob) => {
      host.damaged.add(blob);
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});
