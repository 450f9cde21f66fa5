import { fakeHome, homeStorage } from '../worlds/fakes/home.ts';
import { testContext } from '../worlds/context.ts';
import { homeContract } from './home.contract.ts';

homeContract('the fake home', () => {
  const storage = homeStorage();
  return Promise.resolve({
    home: fakeHome(storage),
    holdElsewhere: async (reason: string) => {
      let alive = true;
      await fakeHome(storage, { who: 'other', alive: () => alive }).acquire(reason, testContext());
      return () => {
        alive = false;
        return Promise.resolve();
      };
    },
    cutJournal: (text: string) => {
      storage.journal += text;
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});
