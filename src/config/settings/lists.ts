/**
 * `dblists/NAME.dblist` (a wiki a line, # comments) and `dblists/NAME.dbexpr` (`%% all.dblist - closed.dblist`: lists,
 * added, taken away or intersected from left to right), as operations/mediawiki-config has them.
 */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';

export interface ListFile {
  readonly name: string;
  readonly kind: 'dblist' | 'dbexpr';
  readonly source: string;
  readonly text: string;
}

type Lists = ReadonlyMap<string, readonly string[]>;

interface Word {
  readonly text: string;
  readonly at: SourceRange;
}

/**
 * @param files of the stack: the last of a name counts
 * @param own lists that need no file: `all`, and the tags of wikis
 */
export function evaluateLists(
  files: readonly ListFile[],
  own: Lists,
  wikis: readonly string[],
): { readonly lists: Lists; readonly wrong: readonly Diagnostic[] } {
  const byName = new Map(files.map((file) => [file.name, file]));
  const world = { byName, own, wikis, known: [...new Set([...byName.keys(), ...own.keys()])] };
  const evaluation: Evaluation = { ...world, done: new Map(own), wrong: [], open: [] };
  for (const name of byName.keys()) membersOf(name, evaluation);
  return { lists: evaluation.done, wrong: evaluation.wrong };
}

interface Evaluation {
  readonly byName: ReadonlyMap<string, ListFile>;
  readonly own: Lists;
  readonly wikis: readonly string[];
  readonly known: readonly string[];
  readonly done: Map<string, readonly string[]>;
  readonly wrong: Diagnostic[];
  /** Expressions that are being evaluated, each asked by the one before it. */
  readonly open: string[];
}

function membersOf(name: string, evaluation: Evaluation): readonly string[] {
  const file = evaluation.byName.get(name);
  const known = evaluation.done.get(name);
  if (file === undefined || (known !== undefined && known !== evaluation.own.get(name))) return known ?? [];
  const members = file.kind === 'dblist' ? namedBy(file, evaluation) : expressed(file, evaluation);
  const sorted = [...new Set([...members, ...(evaluation.own.get(name) ?? [])])].sort();
  evaluation.done.set(name, sorted);
  return sorted;
}

function namedBy(file: ListFile, { wikis, wrong }: Evaluation): string[] {
  const words = wordsOf(file);
  const there = new Set(wikis);
  wrong.push(
    ...words.filter(({ text }) => !there.has(text)).map((word) => unknown(word, { what: 'wiki', known: wikis })),
  );
  return words.map(({ text }) => text);
}

function expressed(file: ListFile, evaluation: Evaluation): readonly string[] {
  const words = wordsOf(file);
  const { wrong, open } = evaluation;
  let members: readonly string[] = [];
  open.push(file.name);
  for (let index = 0; index < words.length; index += 2) {
    const [operator, term] = index === 0 ? [undefined, words[0]] : [words[index - 1], words[index]];
    if (term === undefined) break;
    members = combine(members, { operator, term: listOf(term, evaluation) }, wrong);
  }
  const last = words.at(-1);
  if (last === undefined) wrong.push(says('says nothing', startOf(file)));
  else if (words.length % 2 === 0) wrong.push(says(`ends with ${quote(last.text)}, where a list is missing`, last.at));
  open.pop();
  return members;
}

function listOf(term: Word, evaluation: Evaluation): readonly string[] {
  const name = term.text.replace(/\.db(?:list|expr)$/, '');
  const { open, known, wrong } = evaluation;
  if (open.includes(name)) {
    const message = `a list is made from itself: ${[...open.slice(open.indexOf(name)), name].join(' → ')}`;
    wrong.push({ code: 'config/list-circle', message, hint: 'write out one of them as a .dblist', at: term.at });
    return [];
  }
  if (!known.includes(name)) wrong.push(unknown({ ...term, text: name }, { what: 'list', known }));
  return membersOf(name, evaluation);
}

function combine(
  left: readonly string[],
  { operator, term }: { readonly operator: Word | undefined; readonly term: readonly string[] },
  wrong: Diagnostic[],
): readonly string[] {
  const right = new Set(term);
  switch (operator?.text) {
    case undefined:
    case '+':
      return [...left, ...term];
    case '-':
      return left.filter((wiki) => !right.has(wiki));
    case '&':
      return left.filter((wiki) => right.has(wiki));
    default:
      wrong.push(says(`has ${quote(operator?.text ?? '')} where +, - or & is due`, operator?.at));
      return left;
  }
}

/** Of a list: what stands on its lines; of an expression: on its first line, without the `%%`. */
function wordsOf({ kind, source, text }: ListFile): Word[] {
  const lines = text.split('\n').map((line) => line.replace(/#.*$/, ''));
  const first = lines.findIndex((line) => line.trim() !== '');
  return lines.flatMap((line, index) => {
    if (kind === 'dbexpr' && index !== first) return [];
    const skipped = kind === 'dbexpr' ? (/^\s*%*/.exec(line)?.[0].length ?? 0) : 0;
    return [...line.slice(skipped).matchAll(/\S+/g)].map(({ 0: word, index: column }) => ({
      text: word,
      at: { file: source, line: index + 1, column: skipped + column + 1, length: word.length },
    }));
  });
}

function unknown({ text, at }: Word, { what, known }: { what: 'wiki' | 'list'; known: readonly string[] }): Diagnostic {
  const near = nearest(text, known);
  const where = what === 'wiki' ? 'wikis.yaml names them' : `there are: ${[...known].sort().slice(0, 20).join(', ')}`;
  const hint = near === undefined ? where : `did you mean ${near}?`;
  return { code: `config/unknown-${what}`, message: `no ${what} ${quote(text)}`, hint, at };
}

function says(message: string, at: SourceRange | undefined): Diagnostic {
  const hint = 'write: %% all.dblist - closed.dblist';
  return { code: 'config/bad-list', message: `this expression ${message}`, hint, ...(at === undefined ? {} : { at }) };
}

function startOf({ source }: ListFile): SourceRange {
  return { file: source, line: 1, column: 1, length: 1 };
}
