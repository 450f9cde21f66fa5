/** Answers as servers frame them, whole, in pieces and wrong. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DELIMITER, FLUSH, packet, readPackets } from '../../../../../src/adapters/git/ls-refs/pkt-line.ts';
import { lsRefsCommand, readAdvertisement, readRefs } from '../../../../../src/adapters/git/ls-refs/protocol.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);

async function* inPieces(text: string, sizes: readonly number[] = [text.length]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    yield await Promise.resolve(bytes.subarray(at, at + size));
    at += size;
  }
}

const refsOf = (text: string, sizes?: readonly number[]) => readRefs(readPackets(inPieces(text, sizes), 1e6));

const ANSWER =
  packet(`${A} refs/heads/master\n`) +
  packet(`${A} refs/tags/1.0 peeled:${B}\n`) +
  packet(`${B} refs/heads/ä\n`) +
  FLUSH;

it('reads refs however they are cut on the way, annotated tags as their commit', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 }), async (sizes) => {
      expect([...(await refsOf(ANSWER, sizes))]).toEqual([
        ['refs/heads/master', A],
        ['refs/tags/1.0', B],
        ['refs/heads/ä', B],
      ]);
    }),
  );
});

it.each([
  ['an answer that is cut', ANSWER.slice(0, 80), 'broken'],
  ['an answer without its end', ANSWER.slice(0, -4), 'broken'],
  ['nothing', '', 'broken'],
  ['a web page', '<h1>It works!</h1>', 'not-git'],
  ['what is no length any more', `${packet(`${A} refs/heads/x\n`)}zzzz`, 'broken'],
  ['an error of the remote', packet('ERR access denied'), 'said'],
])('tells %s', async (_what, text, kind) => {
  await expect(refsOf(text)).rejects.toMatchObject({ kind });
});

it('stops at a bound', async () => {
  const reading = readRefs(readPackets(inPieces(packet(`${A} refs/heads/x\n`).repeat(1000), [500]), 10_000));
  await expect(reading).rejects.toMatchObject({ kind: 'broken' });
});

it('leaves out what is no id', async () => {
  expect([...(await refsOf(packet('--exec=x refs/heads/x\n') + packet(`${A} \n`) + FLUSH))]).toEqual([]);
});

it('knows version 2, its object format, and what is older', async () => {
  const read = (text: string) => readAdvertisement(readPackets(inPieces(text), 1e6));
  const two = packet('version 2\n') + packet('agent=git/2\n') + packet('ls-refs=unborn\n');
  expect(await read(two + FLUSH)).toBe('sha1');
  expect(
    await read(packet('# service=git-upload-pack\n') + FLUSH + two + packet('object-format=sha256\n') + FLUSH),
  ).toBe('sha256');
  await expect(read(packet(`${A} HEAD\0side-band\n`) + FLUSH)).rejects.toMatchObject({ kind: 'ask-git' });
});

it('writes the command as git does', () => {
  expect(lsRefsCommand(['refs/heads/wmf/'], 'sha1')).toBe(
    `0014command=ls-refs\n${DELIMITER}0009peel\n001fref-prefix refs/heads/wmf/\n${FLUSH}`,
  );
});
