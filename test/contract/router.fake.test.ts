import { fakeRouter } from '../worlds/fakes/router.ts';
import { routerContract, type RouterWorld } from './router.contract.ts';

routerContract('the fake router', () => {
  const router = fakeRouter(['blue', 'green']);
  router.setReady('blue', true);
  router.setReady('green', true);
  const world: RouterWorld = {
    router,
    request: (path = '/') => Promise.resolve(router.request({ fails: () => path === '/fail' })),
    stopInstance: (slot) => {
      router.setReady(slot, false);
      return Promise.resolve();
    },
    restartRouter: () => {
      router.restart();
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return Promise.resolve(world);
});
