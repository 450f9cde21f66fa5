import { expect, it } from 'vitest';
import type { Lockfile } from '../../../../src/resolve/lock/lockfile.ts';
import { matchComponent } from '../../../../src/resolve/lock/match-component.ts';

const lock = {
  components: [
    { name: 'core', url: 'https://gerrit.example/r/mediawiki/core' },
    { name: 'Cite', url: 'https://gerrit.example/r/mediawiki/extensions/Cite', registered: 'Cite' },
  ],
} as unknown as Lockfile;

it.each([
  'https://gerrit.example/r/mediawiki/extensions/Cite',
  'https://gerrit.example/r/a/mediawiki/extensions/Cite.git',
  'https://me@gerrit.example/r/mediawiki/extensions/Cite/',
  'ssh://me@gerrit.example:29418/mediawiki/extensions/Cite',
  'ssh://me@gerrit.example:29418/mediawiki/extensions/Cite.git',
])('knows Cite by %s', (remoteUrl) => {
  expect(matchComponent(lock, { remoteUrl, registered: undefined })?.name).toBe('Cite');
});

it('knows a fork by the name in its extension.json, and nothing else', () => {
  const remoteUrl = 'https://elsewhere.example/fork';
  expect(matchComponent(lock, { remoteUrl, registered: 'Cite' })?.name).toBe('Cite');
  expect(matchComponent(lock, { remoteUrl, registered: undefined })).toBeUndefined();
});
