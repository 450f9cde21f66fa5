// needs: registry
/** The client of the distribution spec on Debian's docker-registry 2.8. */
import { ociRegistry } from '../../src/adapters/registry/index.ts';
import { registryWorld } from '../worlds/registry.ts';
import { imageRegistryContract } from './image-registry.contract.ts';

imageRegistryContract("Debian's docker-registry", async () => {
  const registry = await registryWorld();
  return {
    open: (path, blobs, { verify = 'length' } = {}) =>
      ociRegistry({
        name: 'debian',
        repository: `${registry.host}/${path}`,
        isPrivate: false,
        insecure: false,
        verify,
        blobs,
      }),
    damage: (blob) => registry.damage(blob),
    [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose](),
  };
});
