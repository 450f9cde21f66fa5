import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openWorkspace } from '../../../src/kernel/workspace.ts';

const minimal = 'version: 1\ntargets:\n  docker: {kind: docker, set: demo, overlays: [demo]}\n';

it('is found above the folder that one stands in', async () => {
  using folder = folderOf({ 'mwpipe.yaml': minimal });
  const deep = join(folder.path, 'extension-sets', 'deep');
  mkdirSync(deep, { recursive: true });
  const opened = await openWorkspace({ from: deep, cache: '/cache' });
  expect(opened).toMatchObject({ ok: true, value: { root: folder.path, cache: '/cache' } });
});

it('falls back to the checkout that mwpipe runs from', async () => {
  using elsewhere = folderOf({});
  using checkout = folderOf({ 'mwpipe.yaml': minimal });
  const opened = await openWorkspace({ from: elsewhere.path, fallback: checkout.path, cache: '' });
  expect(opened).toMatchObject({ ok: true, value: { root: checkout.path } });
});

it('says where it was looked for', async () => {
  using elsewhere = folderOf({});
  expect(await openWorkspace({ from: elsewhere.path, cache: '' })).toMatchObject({
    diagnostics: [{ code: 'workspace/not-found', message: `no mwpipe.yaml in ${elsewhere.path} or above it` }],
  });
});

it('fills in what a target leaves out', async () => {
  using folder = folderOf({ 'mwpipe.yaml': minimal });
  const opened = await openWorkspace({ from: folder.path, cache: '' });
  if (!opened.ok) throw new Error('expected to open');
  expect(opened.value.document.value.targets['docker']).toMatchObject({
    port: 8080,
    database: 'sqlite',
    rollout: { steps: [5, 25, 50, 100] },
  });
});

it("points at a mistake in the workspace's file", async () => {
  using folder = folderOf({ 'mwpipe.yaml': minimal.replace('set: demo', 'sets: demo') });
  expect(await openWorkspace({ from: folder.path, cache: '' })).toMatchObject({
    diagnostics: [{ code: 'yaml/unknown-key', hint: 'did you mean set?', at: { line: 3, column: 26 } }],
  });
});

it('fills in what a registry leaves out: it is open, and reached over https', async () => {
  using folder = folderOf({ 'mwpipe.yaml': `${minimal}registries:\n  main: {repository: registry.example/wiki}\n` });
  const opened = await openWorkspace({ from: folder.path, cache: '' });
  if (!opened.ok) throw new Error('expected to open');
  expect(opened.value.document.value.registries['main']).toEqual({
    repository: 'registry.example/wiki',
    private: false,
    insecure: false,
    verify: 'length',
  });
});

it.each([
  'registry.example',
  'https://registry.example/wiki',
  'registry.example/Wiki',
  'registry.example/wiki:tag',
  'wiki',
])('takes no %s as a repository', async (repository) => {
  using folder = folderOf({ 'mwpipe.yaml': `${minimal}registries:\n  main: {repository: "${repository}"}\n` });
  expect(await openWorkspace({ from: folder.path, cache: '' })).toMatchObject({
    ok: false,
    diagnostics: [{ message: expect.stringContaining('host[:port]/path') as string, at: { line: 5 } }],
  });
});

function folderOf(files: Readonly<Record<string, string>>): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'mwpipe-workspace-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}
