import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planPush, type DestinationFacts, type PushFacts } from '../../../../src/build/publish/plan-push.ts';
import type { Digest } from '../../../../src/kernel/digest.ts';

const digestOf = (n: number): Digest => `sha256:${String(n).padStart(64, '0')}`;
const blobs = [1, 2, 3].map((n) => ({ digest: digestOf(n), bytes: 10 ** n }));
const [one, two, three] = [digestOf(1), digestOf(2), digestOf(3)];

const destination = (more: Partial<DestinationFacts> = {}): DestinationFacts => ({
  registry: 'main',
  host: 'registry.example',
  path: 'wiki',
  held: [],
  hasManifest: false,
  lenders: [],
  ...more,
});
const facts = (...destinations: readonly DestinationFacts[]): PushFacts => ({
  manifestDigest: digestOf(9),
  blobs,
  destinations,
});

it('sends what is not there, and mounts what a neighbour has', () => {
  const lenders = [{ path: 'old', held: [two, one] }];
  const { destinations, sendBytes } = planPush(facts(destination({ held: [one], lenders })));
  expect(destinations).toMatchObject([
    {
      state: 'push',
      because: 'it lacks 2 of 3 blobs',
      blobs: [
        { digest: one, how: 'there' },
        { digest: two, how: 'mount', from: 'old' },
        { digest: three, how: 'send' },
      ],
      thereBytes: 10,
      mountBytes: 100,
      sendBytes: 1000,
    },
  ]);
  expect(sendBytes).toBe(1000);
});

it('sends to one of two repositories at the same registry, and mounts into the other', () => {
  const { destinations } = planPush(facts(destination(), destination({ registry: 'second', path: 'private' })));
  expect(destinations).toMatchObject([{ sendBytes: 1110 }, { sendBytes: 0, mountBytes: 1110 }]);
});

it('tells an image that is there from one whose manifest is missing', () => {
  const held = [one, two, three];
  const { destinations } = planPush(facts(destination({ held, hasManifest: true }), destination({ held, host: 'b' })));
  expect(destinations).toMatchObject([
    { state: 'complete', sendBytes: 0 },
    { state: 'push', because: 'it holds every blob, and not the manifest', sendBytes: 0 },
  ]);
});

it('plans nothing to send to a registry that could not be asked, and mounts nothing from it', () => {
  const down = destination({ unreachable: 'main is down' });
  const { destinations, sendBytes } = planPush(facts(down, destination({ path: 'other' })));
  expect(destinations).toMatchObject([
    { state: 'unreachable', because: 'main is down', sendBytes: 0 },
    { state: 'push', sendBytes: 1110, mountBytes: 0 },
  ]);
  expect(sendBytes).toBe(1110);
});

const subsetOfBlobs = fc.subarray([one, two, three]);
const someFacts = fc.record({
  registry: fc.constantFrom('main', 'second'),
  host: fc.constantFrom('a', 'b'),
  path: fc.constantFrom('x', 'y', 'z'),
  held: subsetOfBlobs,
  hasManifest: fc.boolean(),
  lenders: fc.array(fc.record({ path: fc.constantFrom('x', 'y'), held: subsetOfBlobs }), { maxLength: 2 }),
});

it('accounts for every byte of the image once, at each destination', () => {
  fc.assert(
    fc.property(fc.array(someFacts, { maxLength: 4 }), (destinations) => {
      const plan = planPush(facts(...destinations));
      for (const [index, planned] of plan.destinations.entries()) {
        expect(planned.thereBytes + planned.mountBytes + planned.sendBytes).toBe(1110);
        const there = planned.blobs.filter(({ how }) => how === 'there').map(({ digest }) => digest);
        expect(there.sort()).toEqual([...destinations[index]!.held].sort());
      }
      expect(planPush(JSON.parse(JSON.stringify(facts(...destinations))) as PushFacts)).toEqual(plan);
    }),
  );
});
