/** Servers that are gone, hang, reset, lie about lengths or never end: on real sockets. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { openReviews } from '../../../../src/adapters/gerrit/index.ts';
import { testContext } from '../../../worlds/context.ts';

async function serverOf(listener: RequestListener) {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const gerrit = `http://127.0.0.1:${(server.address() as AddressInfo).port}/r`;
  const end = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { gerrit, end, [Symbol.asyncDispose]: end };
}

const reviews = openReviews({ mirrors: [], limits: { bytes: 1000 } });
const impatient = openReviews({ mirrors: [], limits: { timeoutMs: 300 } });
const codeOf = async (gerrit: string, from = reviews) => {
  const asked = await from.change({ gerrit, number: 97 }, testContext());
  return asked.ok ? 'ok' : asked.diagnostics[0].code;
};

it('says that nobody listens there', async () => {
  const { gerrit, end } = await serverOf(() => undefined);
  await end();
  const asked = await reviews.change({ gerrit, number: 97 }, testContext());
  expect(asked).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'gerrit/remote-gone', message: `${gerrit} can't be reached: ECONNREFUSED`, exit: 'outside' }],
  });
});

it('gives up on a server that never answers, and on one that stops in the middle', async () => {
  await using dumb = await serverOf(() => undefined);
  expect(await codeOf(dumb.gerrit, impatient)).toBe('gerrit/timeout');
  await using slow = await serverOf((_request, response) => void response.write(`)]}'\n{`));
  expect(await codeOf(slow.gerrit, impatient)).toBe('gerrit/timeout');
});

it('says that the connection was cut', async () => {
  await using cutting = await serverOf((_request, response) => {
    response.setHeader('content-length', '500').write(`)]}'\n{`, () => void response.destroy());
  });
  expect(await codeOf(cutting.gerrit)).toBe('gerrit/remote-gone');
});

it('reads no more than it may, whatever length was announced', async () => {
  let written = 0;
  await using endless = await serverOf((_request, response) => {
    const more = (): void => {
      written += 1000;
      if (!response.destroyed && written < 100_000_000) response.write('x'.repeat(1000), more);
    };
    more();
  });
  expect(await codeOf(endless.gerrit)).toBe('gerrit/too-large');
  expect(written).toBeLessThan(100_000_000);
  await using huge = await serverOf(
    (_request, response) => void response.setHeader('content-length', '1000000').write('x'),
  );
  expect(await codeOf(huge.gerrit)).toBe('gerrit/too-large');
});

it('stops when it is told to', async () => {
  await using dumb = await serverOf(() => undefined);
  const stop = new AbortController();
  const asked = reviews.change({ gerrit: dumb.gerrit, number: 97 }, testContext({ signal: stop.signal }));
  stop.abort(new Error('interrupted'));
  await expect(asked).rejects.toThrow('interrupted');
});

it('asks again over a connection that it has', async () => {
  let connections = 0;
  const server = createServer((_request, response) => response.writeHead(404).end('Not found'));
  server.on('connection', () => (connections += 1));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const gerrit = `http://127.0.0.1:${(server.address() as AddressInfo).port}/r`;
  for (let at = 0; at < 5; at += 1) expect(await codeOf(gerrit)).toBe('gerrit/no-such-change');
  server.closeAllConnections();
  server.close();
  expect(connections).toBeLessThan(5);
});
