/** What `git cat-file` prints, cut into chunks anywhere. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerParser, type FoundObject, type Question } from '../../../../src/adapters/git/answers.ts';

const oid = (at: number): string => String(at).padStart(40, '0');

type Said = { readonly missing: true } | { readonly command: Question['command']; readonly body: Uint8Array };

function parseInChunks(said: readonly Said[], most: number, cuts: readonly number[]): (FoundObject | undefined)[] {
  const questions = said.map((one, at): Question => {
    return { command: 'missing' in one ? 'contents' : one.command, oid: oid(at), most };
  });
  const output = Buffer.concat(
    said.flatMap((one, at) => {
      if ('missing' in one) return [Buffer.from(`${oid(at)} missing\n`)];
      const header = Buffer.from(`${oid(at)} blob ${one.body.length}\n`);
      return one.command === 'info' ? [header] : [header, one.body, Buffer.from('\n')];
    }),
  );
  const answers: (FoundObject | undefined)[] = [];
  const parser = answerParser(() => questions[answers.length]);
  const places = [...new Set(cuts.map((cut) => cut % (output.length + 1)))].sort((a, b) => a - b);
  for (const [at, place] of [0, ...places].entries()) {
    parser.feed(output.subarray(place, places[at] ?? output.length), (answer) => void answers.push(answer));
  }
  return answers;
}

const said = fc.oneof(
  fc.constant<Said>({ missing: true }),
  fc.record({
    command: fc.constantFrom<Question['command'][]>('info', 'contents'),
    body: fc.uint8Array({ maxLength: 60 }),
  }),
);

it('gives the same answers wherever the output is cut, and lets go by what is too big', () => {
  fc.assert(
    fc.property(fc.array(said, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 30 }), (all, cuts) => {
      const most = 40;
      const expected = all.map((one) => {
        if ('missing' in one) return undefined;
        const bytes = one.body.length;
        const data = one.command === 'contents' && bytes <= most ? Buffer.from(one.body) : undefined;
        return { type: 'blob', bytes, data };
      });
      expect(parseInChunks(all, most, cuts)).toEqual(expected);
    }),
  );
});

it('notices an answer to a question that nobody asked', () => {
  const parser = answerParser(() => undefined);
  expect(() => parser.feed(Buffer.from(`${oid(1)} blob 3\n`), () => undefined)).toThrow('nothing was asked');
});
