import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffImages } from '../../../../src/build/inspect/diff-images.ts';
import { hidePrivate } from '../../../../src/build/inspect/hide-private.ts';
import type { InspectedComponent, InspectedImage } from '../../../../src/build/inspect/inspect-image.ts';
import type { OpenedLayer } from '../../../../src/build/inspect/opened-image.ts';
import { showImage, showImageDiff } from '../../../../src/cli/render/image.ts';
import { sha256 } from '../../../../src/kernel/digest.ts';

const component = (name: string, commit: string, patched?: string): InspectedComponent => ({
  ...{ name, path: `extensions/${name}`, url: `https://example.test/${name}`, commit, tree: `tree of ${commit}` },
  ...(patched === undefined ? {} : { patched }),
});

const layer = (name: string, bytes = 10): OpenedLayer => {
  const digest = sha256(`${name} ${bytes}`);
  return { name, diffId: digest, blob: { digest, bytes } };
};

function image(components: readonly InspectedComponent[], layers: readonly OpenedLayer[]): InspectedImage {
  return {
    imageId: sha256(JSON.stringify([components, layers])),
    ...{
      tags: [],
      set: 'demo',
      mediawiki: '1.43.0',
      runtime: 'php82/web',
      architecture: 'amd64',
      visibility: 'public',
    },
    ...{ layers, components, patchedCount: components.filter(({ patched }) => patched !== undefined).length },
  };
}

describe('the difference of two images', () => {
  it('says which component was added, removed, moved and patched', () => {
    const before = image(
      [component('Cite', 'a1'), component('Echo', 'b1'), component('Poem', 'c1'), component('Math', 'd1')],
      [],
    );
    const after = image(
      [component('Cite', 'a2'), component('Echo', 'b1', 'x'), component('Math', 'd1'), component('Kite', 'e1')],
      [],
    );
    const diff = diffImages(before, after);
    expect(diff.components.map(({ name, state }) => [name, state])).toEqual([
      ['Cite', 'moved'],
      ['Echo', 'patched'],
      ['Kite', 'added'],
      ['Poem', 'removed'],
    ]);
    expect(diff.sameComponents).toBe(1);
  });

  it('counts what a machine pulls that has the first, by digest and as Docker does', () => {
    const before = image([], [layer('runtime', 100), layer('core', 50), layer('Cite', 5), layer('lock', 1)]);
    const after = image([], [layer('runtime', 100), layer('core', 51), layer('Cite', 5), layer('lock', 2)]);
    const diff = diffImages(before, after);
    expect(diff).toMatchObject({ sameLayers: 1, pullBytes: 53, dockerPullBytes: 58, bytesAre: 'stored' });
    expect(diff.layers.map(({ name, state, bytes }) => `${state} ${name} ${bytes}`)).toEqual([
      ...['new core 51', 'new lock 2', 'moved up Cite 5', 'gone core 50', 'gone lock 1'],
    ]);
  });

  it('never counts more than the whole image, and nothing where both are the same', () => {
    const layers = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 9 })), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(layers, layers, (a, b) => {
        const [before, after] = [a, b].map((list) =>
          image(
            [],
            list.map(([name, bytes]) => layer(name, bytes)),
          ),
        );
        const diff = diffImages(before!, after!);
        const whole = new Map(after!.layers.map(({ diffId, blob }) => [diffId, blob!.bytes]));
        const bytes = [...whole.values()].reduce((sum, one) => sum + one, 0);
        expect(diff.pullBytes).toBeLessThanOrEqual(diff.dockerPullBytes);
        expect(diff.dockerPullBytes).toBeLessThanOrEqual(bytes);
        const none = diffImages(after!, after!);
        expect([none.layers, none.pullBytes, none.dockerPullBytes]).toEqual([[], 0, 0]);
      }),
    );
  });
});

describe('what people see', () => {
  const before = image(
    [component('Cite', 'aaaaaaaa1')],
    [layer('runtime php82/web, layer 1', 2e8), layer('lock', 9e3)],
  );
  const after = image([component('Cite', 'bbbbbbbb2')], [layer('runtime php82/web, layer 1', 2e8), layer('lock', 8e3)]);

  it('is the bytes first, then what moved', () => {
    expect(showImageDiff(diffImages(before, after), { reveal: false }).text.split('\n')).toEqual([
      'Pulls    8.0 kB for a machine that has the first',
      'From     demo, MediaWiki 1.43.0 on php82/web, amd64',
      'To       demo, MediaWiki 1.43.0 on php82/web, amd64',
      'Holds    1 component changed, 0 the same',
      '  moved  Cite  aaaaaaa → bbbbbbb',
      'Layers   1 layer shared from below, 1 new, 1 gone',
      '  new   lock  8.0 kB',
      '  gone  lock  9.0 kB',
    ]);
    expect(showImageDiff(diffImages(after, after), { reveal: false }).text).toMatch(/^Same {5}both are image/);
  });

  it('fits on a screen, however much there is', () => {
    const many = Array.from({ length: 200 }, (_, index) => component(`E${index}`, 'abc'));
    const text = showImage(
      image(
        many,
        many.map(({ name }) => layer(name)),
      ),
      { reveal: false },
    ).text;
    expect(text.split('\n').length).toBeLessThan(55);
    expect(text).toContain('and 177 more: --json has all');
  });

  it('does not name what an embargoed patch is on top of', () => {
    const layers = [layer('core'), layer('lock'), layer('Cite (patched)')];
    const plain = {
      ...image([component('Cite', 'a'), component('Echo', 'b')], layers),
      visibility: 'private',
    } as const;
    const secret = {
      ...image([component('Cite', 'a', 'f00d'), component('Echo', 'b')], layers),
      visibility: 'private',
    } as const;
    const shown = showImage(secret, { reveal: false });
    expect(shown.text).toContain('PRIVATE');
    expect(shown.text).toContain('1 patched (--reveal says which)');
    const diff = showImageDiff(diffImages(plain, secret), { reveal: false });
    for (const text of [shown.text, JSON.stringify(shown.json), diff.text, JSON.stringify(diff.json)]) {
      expect(text).not.toMatch(/f00d|Cite \(patched\)/);
    }
    expect(showImage(secret, { reveal: true }).text).toContain('patched: tree f00d');
    expect(hidePrivate(image([component('Cite', 'a', 'f00d')], layers)).components[0]?.patched).toBe('f00d');
  });
});
