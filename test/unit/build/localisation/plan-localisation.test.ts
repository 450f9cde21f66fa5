import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planLocalisation } from '../../../../src/build/index.ts';
import type { LocalisationFacts } from '../../../../src/build/localisation/localisation-facts.ts';
import { sha256 } from '../../../../src/kernel/digest.ts';

interface Made {
  readonly codes: readonly string[];
  readonly hot?: readonly string[];
  readonly opcacheBytes?: number;
  readonly arrayBytes?: (code: string) => number;
}

function facts({ codes, hot = [], opcacheBytes = 1e9, arrayBytes = () => 1000 }: Made): LocalisationFacts {
  const languages = new Map(
    codes.map((code) => [code, { chain: [code, 'en'], key: sha256(code), arrayBytes: arrayBytes(code) }]),
  );
  const base = { available: codes, languages, shared: {}, files: new Map(), code: sha256('code') };
  return { set: 'test', load: [], hot, opcacheBytes, base, secret: false, known: new Map(), sameCode: new Set() };
}

const codes = fc.uniqueArray(fc.stringMatching(/^[a-z]{2,3}(-[a-z]{2,4})?$/), { minLength: 1, maxLength: 300 });

describe('the layers of languages', () => {
  it('hold each language once, in fifteen at most', () => {
    fc.assert(
      fc.property(codes, fc.nat(30), (all, count) => {
        const plan = planLocalisation(facts({ codes: all, hot: all.slice(0, count) }));
        expect(new Set(plan.layers).size).toBe(plan.layers.length);
        expect(plan.layers.length).toBeLessThanOrEqual(15);
        for (const { layer } of plan.languages) expect(plan.layers).toContain(layer);
        expect(plan.languages.map(({ code }) => code)).toEqual(all);
      }),
    );
  });

  it('stay as they are when a language comes or goes', () => {
    fc.assert(
      fc.property(codes, fc.nat(), (all, which) => {
        const gone = all[which % all.length] ?? '';
        const before = planLocalisation(facts({ codes: all }));
        const after = planLocalisation(facts({ codes: all.filter((code) => code !== gone) }));
        const expected = before.languages.filter(({ code }) => code !== gone);
        expect(after.languages.map(({ layer }) => layer)).toEqual(expected.map(({ layer }) => layer));
      }),
    );
  });

  it('give each of the first six hot languages one of its own', () => {
    const hot = ['en', 'de', 'fr', 'es', 'ja', 'ru', 'pt'];
    const { languages } = planLocalisation(facts({ codes: hot.toSorted(), hot }));
    const own = languages.filter(({ code, layer }) => layer === `localisation ${code}`).map(({ code }) => code);
    expect(own).toEqual(['de', 'en', 'es', 'fr', 'ja', 'ru']);
    expect(languages.every(({ format }) => format === 'array')).toBe(true);
  });
});

describe('hot languages', () => {
  it('take no more of opcache than they may, in their order', () => {
    const sizes = fc.record({
      all: codes,
      budget: fc.nat(100_000),
      size: fc.func(fc.integer({ min: 1, max: 20_000 })),
    });
    fc.assert(
      fc.property(sizes, ({ all, budget, size }) => {
        const plan = planLocalisation(facts({ codes: all, hot: all, opcacheBytes: budget, arrayBytes: size }));
        expect(plan.opcacheBytes).toBeLessThanOrEqual(budget);
        const arrays = plan.languages.filter(({ format }) => format === 'array').map(({ code }) => code);
        expect([...arrays, ...plan.tooBig].toSorted()).toEqual(all.toSorted());
        const needed = (code: string): number => Math.round(size(code) * 2.7);
        for (const code of plan.tooBig) expect(plan.opcacheBytes + needed(code)).toBeGreaterThan(budget);
      }),
    );
  });
});
