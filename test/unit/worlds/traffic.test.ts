/** The load generator against a server that misbehaves on purpose: it must notice each way to lose a request. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { lostOf } from '../../worlds/traffic/report.ts';
import { startTraffic } from '../../worlds/traffic/traffic.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

async function loaded(handle: Parameters<typeof createServer>[1], ratePerSecond = 50) {
  server = createServer(handle as never);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const traffic = await startTraffic({ url, ratePerSecond, seconds: 1 });
  return traffic.stop.bind(traffic);
}

async function after(seconds: number, stop: Awaited<ReturnType<typeof loaded>>) {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return stop();
}

it('sends on schedule and loses nothing to a healthy server', async () => {
  const report = await after(
    1.2,
    await loaded((_request: unknown, answer: ServerResponse) => {
      answer.setHeader('x-mwpipe-release', '1').end('hello');
    }),
  );
  expect(report.requests).toBeGreaterThanOrEqual(45);
  expect(report.answers).toEqual({ '1': { '200': report.requests } });
  expect(lostOf(report)).toBe(0);
});

it('counts a cut answer, and a 5xx of another release than the one under test', async () => {
  let count = 0;
  const report = await after(
    1.2,
    await loaded((_request: unknown, answer: ServerResponse) => {
      count += 1;
      if (count % 5 === 0)
        return void answer.writeHead(200, { 'content-length': 100 }).write('half', () => answer.destroy());
      if (count % 5 === 1) return void answer.writeHead(500, { 'x-mwpipe-release': '2' }).end();
      if (count % 5 === 2) return void answer.writeHead(503).end();
      answer.setHeader('x-mwpipe-release', '1').end('hello');
    }),
  );
  const cut = report.requests - report.answered;
  expect(cut).toBeGreaterThan(5);
  expect(lostOf(report, '2')).toBe(cut + (report.answers['router']?.['503'] ?? 0));
  expect(lostOf(report)).toBe(lostOf(report, '2') + (report.answers['2']?.['500'] ?? 0));
});

it('refuses to load any other host', async () => {
  await expect(startTraffic({ url: 'http://192.0.2.1/', ratePerSecond: 1 })).rejects.toThrow('loopback only');
});
