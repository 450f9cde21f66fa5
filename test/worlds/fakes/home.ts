/** A home in memory, held to the same contract as the real one. */
import { fail, ok } from '../../../src/kernel/outcome.ts';
import type { Home, JournalEntry, LeaseHolder } from '../../../src/kernel/home.ts';

/** What several homes of one target share: they are windows on the same place. */
export interface HomeStorage {
  holder: (LeaseHolder & { readonly alive: () => boolean }) | undefined;
  journal: string;
  state: string | undefined;
}

export function homeStorage(): HomeStorage {
  return { holder: undefined, journal: '', state: undefined };
}

/** @param self who asks; `alive` turns false when that process has ended */
export function fakeHome(storage: HomeStorage, self: { who: string; alive?: () => boolean } = { who: 'tester' }): Home {
  const held = () => (storage.holder?.alive() === true ? storage.holder : undefined);
  return {
    acquire: (reason, context) => {
      const other = held();
      if (other !== undefined) {
        const message = `${other.who} holds it for "${other.reason}" since ${other.since}`;
        return Promise.resolve(fail({ code: 'lock/held', message, hint: 'wait for it', exit: 'refused' }));
      }
      const since = new Date(context.clock.now()).toISOString();
      const mine = { who: self.who, host: 'here', pid: 1, reason, since, alive: self.alive ?? (() => true) };
      storage.holder = mine;
      const release = (): Promise<void> => {
        if (storage.holder === mine) storage.holder = undefined;
        return Promise.resolve();
      };
      return Promise.resolve(ok({ holder: mine, [Symbol.asyncDispose]: release }));
    },
    holder: () => Promise.resolve(ok(held())),
    append: (entry) => {
      if (storage.journal !== '' && !storage.journal.endsWith('\n')) storage.journal += '\n';
      storage.journal += `${JSON.stringify(entry)}\n`;
      return Promise.resolve(ok());
    },
    journal: () => Promise.resolve(ok(storage.journal.split('\n').flatMap(entryOf))),
    readState: () =>
      Promise.resolve(ok(storage.state === undefined ? undefined : (JSON.parse(storage.state) as unknown))),
    writeState: (state) => {
      storage.state = JSON.stringify(state);
      return Promise.resolve(ok());
    },
  };
}

function entryOf(line: string): JournalEntry[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as JournalEntry];
  } catch {
    return [];
  }
}
