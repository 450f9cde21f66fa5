// needs: docker
/** The runner on the real engine: output, exit codes, deadlines, interrupts, and nothing left behind. */
import { randomUUID } from 'node:crypto';
import Docker from 'dockerode';
import { beforeAll, describe, expect, it } from 'vitest';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { exec } from '../../src/adapters/docker/exec.ts';
import { dockerRunner } from '../../src/adapters/docker/runner.ts';
import type { RunRequest } from '../../src/kernel/runner.ts';
import { TAR_END, tarHeader, tarPadding } from '../../src/kernel/tar.ts';
import { testContext } from '../worlds/context.ts';
import { tinyImage } from '../worlds/tiny-image.ts';

const docker = dockerEngine();
const runner = dockerRunner(docker);
let image: string;

beforeAll(async () => {
  image = await tinyImage(docker);
});

async function run(request: Partial<RunRequest> & Pick<RunRequest, 'argv'>, signal?: AbortSignal) {
  const said = { stdout: '', stderr: '' };
  const sink = {
    stdout: (text: string) => void (said.stdout += text),
    stderr: (text: string) => void (said.stderr += text),
  };
  const outcome = await runner.run({ image, deadlineMs: 30_000, ...request }, sink, testContext({ signal }));
  return { outcome, ...said };
}

const labels = { 'mwpipe.test': randomUUID() };
const leftovers = () =>
  docker.listContainers({ all: true, filters: { label: [`mwpipe.test=${labels['mwpipe.test']}`] } });

describe('the runner on Docker', () => {
  it('tells stdout from stderr and gives the exit code', async () => {
    const { outcome, stdout, stderr } = await run({
      argv: ['/bin/sh', '-c', 'echo out; echo err >&2; exit 7'],
      labels,
    });
    expect({ outcome, stdout, stderr }).toEqual({
      outcome: { ok: true, value: { exitCode: 7, timedOut: false } },
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await leftovers()).toEqual([]);
  });

  it('loses no output, however much there is', async () => {
    const { stdout } = await run({
      argv: ['/bin/sh', '-c', 'i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i+1)); done'],
    });
    expect(stdout.split('\n').length).toBe(20_001);
    expect(stdout.endsWith('line 19999\n')).toBe(true);
  });

  it('kills what outlives its deadline', async () => {
    const { outcome } = await run({ argv: ['/bin/sleep', '600'], deadlineMs: 300, labels });
    expect(outcome).toMatchObject({ ok: true, value: { timedOut: true } });
    expect(await leftovers()).toEqual([]);
  });

  it.each([50, 1500])('kills and removes the work when it is interrupted after %i ms', async (ms) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('interrupted')), ms);
    await expect(run({ argv: ['/bin/sleep', '600'], labels }, controller.signal)).rejects.toThrow('interrupted');
    expect(await leftovers()).toEqual([]);
  });

  it('says that an image is missing, and how to get it', async () => {
    const missing = `sha256:${'0'.repeat(64)}`;
    const { outcome } = await run({ image: missing, argv: ['/bin/true'] });
    expect(outcome).toMatchObject({ ok: false, diagnostics: [{ code: 'runner/no-image', exit: 'outside' }] });
  });

  it('keeps a failed container on request, for a shell', async () => {
    const { outcome } = await run({ argv: ['/bin/sh', '-c', 'exit 1'], keepFailed: true, labels });
    const kept = outcome.ok ? outcome.value.keptAs : undefined;
    expect(kept).toMatch(/^[0-9a-f]{12}$/);
    await docker.getContainer(kept!).remove({ force: true });
  });

  it('says that no engine answers, and what to do', async () => {
    const nowhere = dockerRunner(new Docker({ socketPath: '/nonexistent/docker.sock' }));
    const sink = { stdout: () => undefined, stderr: () => undefined };
    const outcome = await nowhere.run({ image, argv: ['/bin/true'], deadlineMs: 1000 }, sink, testContext());
    expect(outcome).toMatchObject({ ok: false, diagnostics: [{ code: 'docker/not-running', exit: 'outside' }] });
  });
});

describe('exec in a running container', () => {
  it('passes stdin, environment and user, and gives what was said', async () => {
    const container = await docker.createContainer({ Image: image, Cmd: ['/bin/sleep', '60'], Labels: labels });
    await container.start();
    try {
      const target = { docker, container: container.id };
      const request = {
        argv: ['/bin/sh', '-c', 'cat; echo "$WORD"; exit 3'],
        env: { WORD: 'hello' },
        stdin: 'given\n',
      };
      expect(await exec(target, request, testContext())).toEqual({
        ok: true,
        value: { exitCode: 3, stdout: 'given\nhello\n', stderr: '' },
      });
    } finally {
      await container.remove({ force: true });
    }
  });

  it('says that the container is not there', async () => {
    const outcome = await exec({ docker, container: 'mwpipe-nowhere' }, { argv: ['/bin/true'] }, testContext());
    expect(outcome).toMatchObject({ ok: false, diagnostics: [{ code: 'docker/no-container' }] });
  });
});

describe('files in and out', () => {
  const tar = async function* (files: Readonly<Record<string, string>>, owner = 0): AsyncGenerator<Buffer> {
    for (const [path, text] of Object.entries(files)) {
      yield tarHeader({ kind: 'file', path, bytes: text.length, mtime: 400_000_000, owner });
      yield await Promise.resolve(Buffer.from(text));
      yield tarPadding(text.length);
    }
    yield TAR_END;
  };
  const taken = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    return Buffer.concat(parts).toString('latin1');
  };

  it('unpacks inputs in order before the work starts, with their owners, and takes out what it leaves', async () => {
    const outs: [string, string][] = [];
    const { outcome, stdout } = await run({
      argv: ['/bin/sh', '-c', 'ls -n /in; cat /in/a; echo made > /in/out; exit 0'],
      inputs: [
        { at: '/', tar: tar({ 'in/a': 'first', 'in/b': '' }, 65_534) },
        { at: '/in', tar: tar({ a: 'second' }) },
      ],
      collect: {
        paths: ['/in', '/nowhere'],
        take: async (path, chunks) => void outs.push([path, await taken(chunks)]),
      },
      tellChanged: true,
      labels,
    });
    expect(stdout).toMatch(/ 0 +0 .* a\n.* 65534 +65534 .* b\n/);
    expect(stdout).toContain('second');
    expect(outcome).toMatchObject({ ok: true, value: { exitCode: 0, missing: ['/nowhere'] } });
    expect(outs.map(([path]) => path)).toEqual(['/in']);
    expect(outs[0]![1]).toContain('in/out');
    expect(outcome.ok ? outcome.value.changed : []).toEqual(['/in', '/in/a', '/in/b', '/in/out']);
    expect(await leftovers()).toEqual([]);
  });

  it('takes nothing out of work that failed, and nothing was changed where nothing was', async () => {
    const take = () => Promise.reject(new Error('was called'));
    const request = { collect: { paths: ['/bin'], take }, tellChanged: true, labels } as const;
    const { outcome } = await run({ argv: ['/bin/sh', '-c', 'exit 4'], ...request });
    expect(outcome).toMatchObject({ ok: true, value: { exitCode: 4, changed: [] } });
  });

  it('ends what takes more memory than it may', async () => {
    const fill = 'x=0123456789; while true; do x="$x$x"; done';
    const { outcome } = await run({ argv: ['/bin/sh', '-c', fill], limits: { memoryBytes: 32 * 1024 * 1024 }, labels });
    expect(outcome).toMatchObject({ ok: true, value: { exitCode: 137, timedOut: false } });
  });

  it('starts no more processes than it may', async () => {
    const forks = 'i=0; while [ $i -lt 30 ]; do /bin/sleep 5 & i=$((i+1)); done; wait';
    const { stderr } = await run({ argv: ['/bin/sh', '-c', forks], limits: { processes: 8 }, labels });
    expect(stderr).toMatch(/fork/i);
  });
});
