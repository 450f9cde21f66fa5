/** Versions and constraints as people write them, mistakes included: for asking ourselves and Composer the same. */
import fc from 'fast-check';

const number = fc.oneof(
  { weight: 8, arbitrary: fc.nat(3).map(String) },
  { weight: 3, arbitrary: fc.nat(120).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('00', '01', '08', '2024', '20240501', '99999', '100000', '123456789') },
);
const dots = fc.array(number, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
const stability = fc.constantFrom(
  ...['alpha', 'beta', 'RC', 'rc', 'a', 'b', 'p', 'pl', 'patch', 'stable', 'dev', 'STABLE', 'Beta', 'wmf', 'foo'],
);
const counter = fc.constantFrom('', '', '1', '2', '.3', '-4', '10', '1.2', '1.2-3');
const modifier = fc
  .tuple(
    fc.constantFrom('-', '-', '.', '_', ''),
    stability,
    counter,
    fc.constantFrom('', '', '', '-dev', '.dev', 'dev'),
  )
  .map((parts) => parts.join(''));
const date = fc
  .tuple(fc.constantFrom('2016', '2024', '1999'), fc.constantFrom('-', '.', ':', ''), fc.constantFrom('01', '12', '31'))
  .chain(([year, by, day]) => fc.constantFrom(year + by + day, year + by + day + by + day, `${year}${by}${day}.5`));
const branch = fc.constantFrom(
  ...[
    'dev-master',
    'dev-REL1_43',
    'dev-feature/x',
    'DEV-main',
    'master',
    'trunk',
    'feature-dev',
    '1.x-dev',
    '2.0.x-dev',
  ],
  ...['1.2.3.x-dev', '1.*-dev', 'x-dev', '3-dev', 'dev-', '-dev', 'dev'],
);
const plain = fc
  .tuple(
    fc.constantFrom('', '', '', 'v', 'V'),
    dots,
    fc.option(modifier, { nil: '', freq: 2 }),
    fc.constantFrom('', '', '', '', '+build', '+b.1'),
  )
  .map((parts) => parts.join(''));
const flag = fc.constantFrom('', '', '', '', '@dev', '@beta', '@RC', '@stable', '@Alpha', '@foo');
const hash = fc.constantFrom('', '', '', '', '', '#abc123');
const alias = fc.constantFrom('', '', '', '', ' as 1.0', ' as dev-main', '  as 2.x-dev');

export const versionText = fc
  .tuple(
    fc.oneof({ weight: 8, arbitrary: plain }, { weight: 1, arbitrary: date }, { weight: 1, arbitrary: branch }),
    flag,
  )
  .map((parts) => parts.join(''));

const wildcard = fc
  .tuple(fc.constantFrom('', 'v'), fc.option(dots, { nil: '' }), fc.constantFrom('.*', '.x', '.X', '.*.*', '*', 'x'))
  .map((parts) => parts.join('').replace(/^\./, ''));
const operator = fc.constantFrom('', '=', '==', '!=', '<>', '<', '<=', '>', '>=', '~', '^', '~>', '=<', '=>', '!');
const space = fc.constantFrom('', '', ' ', '  ');
const compared = fc
  .tuple(operator, space, fc.oneof({ weight: 5, arbitrary: versionText }, branch, wildcard), hash, flag, alias)
  .map((parts) => parts.join(''));
const hyphen = fc
  .tuple(versionText, fc.constantFrom(' - ', '  -  ', '-', ' -'), versionText)
  .map((parts) => parts.join(''));
const one = fc.oneof(
  { weight: 8, arbitrary: compared },
  { weight: 2, arbitrary: hyphen },
  { weight: 2, arbitrary: wildcard },
);
const and = fc.constantFrom(' ', ',', ', ', ' , ', '  ', ' ,');
const or = fc.constantFrom('||', ' || ', '|', ' | ', '|| ', ' |||');
const joined = (item: fc.Arbitrary<string>, by: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(item, fc.array(fc.tuple(by, item), { maxLength: 2 }))
    .map(([first, others]) => first + others.map(([between, next]) => between + next).join(''));
const orderly = fc.oneof({ weight: 3, arbitrary: one }, joined(one, and), joined(joined(one, and), or));

/** A constraint in which somebody mistyped: one piece is lost, doubled or put in. */
const mistyped = fc
  .tuple(
    orderly,
    fc.nat(),
    fc.constantFrom('', '', ' ', ',', '|', '-', '.', '*', '@', '#', '~', '^', '>', '=', '0', '\t'),
  )
  .map(([text, place, piece]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + piece + text.slice(piece === '' ? at + 1 : at);
  });

export const constraintText = fc.oneof({ weight: 4, arbitrary: orderly }, { weight: 1, arbitrary: mistyped });
