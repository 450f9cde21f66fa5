/** Reading what describes a component: absent, or far too large to be that. */
import { expect, it } from 'vitest';
import { readManifest } from '../../../../src/resolve/manifests/read-manifest.ts';
import { fakeGit } from '../../../worlds/fakes/git-objects.ts';

const place = { name: 'Echo', kind: 'extension', url: 'https://example.test/Echo' } as const;

it('refuses a manifest of a gigabyte before it is read, and says how large it is', async () => {
  const git = fakeGit();
  const id = git.rawTree([{ mode: '100644', path: 'extension.json', oid: '1'.repeat(40), bytes: 1_073_741_824 }]);
  const unread = { ...git, file: () => Promise.reject(new Error('it was read')) };
  expect(await readManifest({ ...place, id }, unread)).toMatchObject({
    ok: false,
    diagnostics: [
      {
        code: 'resolve/too-large',
        message: 'extension.json of Echo has 1073741824 bytes; 4000000 is the most that is read',
        at: { file: `Echo@${id.slice(0, 7)}:extension.json` },
      },
    ],
  });
});

it('says which file a component lacks', async () => {
  const git = fakeGit();
  const id = git.tree({ 'skin.json': '{}' });
  expect(await readManifest({ ...place, id }, git)).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'resolve/no-manifest', message: 'Echo has no extension.json' }],
  });
});
