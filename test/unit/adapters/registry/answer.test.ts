import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { memoryUsage } from 'node:process';
import { expect, it } from 'vitest';
import { exchange, Redirected, Silence } from '../../../../src/adapters/registry/answer.ts';

const patience = { silenceMs: 5000, signal: new AbortController().signal };

async function server(listener: RequestListener) {
  const made = createServer(listener);
  await once(made.listen(0, '127.0.0.1'), 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(made.address() as AddressInfo).port}/`),
    [Symbol.asyncDispose]: async () => {
      const closed = once(made, 'close');
      made.close();
      made.closeAllConnections();
      await closed;
    },
  };
}

async function* zeros(bytes: number): AsyncGenerator<Uint8Array> {
  for (let left = bytes; left > 0; left -= 1_000_000)
    yield await Promise.resolve(Buffer.alloc(Math.min(left, 1_000_000)));
}

it('sends a large body without keeping it in memory', async () => {
  let most = 0;
  let received = 0;
  await using at = await server((request, response) => {
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      most = Math.max(most, memoryUsage().arrayBuffers);
    });
    request.on('end', () => response.end());
  });
  const bytes = 400_000_000;
  const headers = { 'content-length': String(bytes) };
  const answer = await exchange({ method: 'PATCH', url: at.url, headers, body: zeros(bytes) }, patience);
  expect(answer.status).toBe(200);
  expect(received).toBe(bytes);
  expect(most).toBeLessThan(200_000_000); // what isn't collected yet counts too; kept, it would be twice as much
});

it('tells a redirect of what is being sent from a connection that broke', async () => {
  await using at = await server((request, response) => {
    request.resume();
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  const headers = { 'content-length': '3000000' };
  const sending = exchange({ method: 'PATCH', url: at.url, headers, body: zeros(3_000_000) }, patience);
  await expect(sending).rejects.toThrow(Redirected);
});

it('leaves a server that falls silent in the middle of its answer, and waits for one that is slow', async () => {
  await using at = await server((request, response) => {
    response.writeHead(200, { 'content-length': '5' }).write('a');
    if (request.url === '/slow') [1, 2, 3, 4].forEach((nth) => setTimeout(() => response.write('a'), nth * 400));
  });
  const read = async (path: string): Promise<number> => {
    const url = new URL(path, at.url);
    const answer = await exchange({ method: 'GET', url, headers: {} }, { ...patience, silenceMs: 1200 });
    let bytes = 0;
    for await (const chunk of answer.bytes()) bytes += chunk.length;
    return bytes;
  };
  expect(await read('/slow')).toBe(5);
  await expect(read('/silent')).rejects.toThrow(Silence);
});

it('ends with the reason of a run that was interrupted', async () => {
  await using at = await server(() => undefined);
  const interrupt = new AbortController();
  const asking = exchange({ method: 'GET', url: at.url, headers: {} }, { silenceMs: 5000, signal: interrupt.signal });
  setTimeout(() => interrupt.abort(new Error('interrupted')), 30);
  await expect(asking).rejects.toThrow('interrupted');
});
