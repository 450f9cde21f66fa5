/** PHPUnit's progress log in TeamCity's format, line by line, as it comes. */

export type TestMessage =
  | { readonly kind: 'count'; readonly tests: number }
  | { readonly kind: 'class-started'; readonly class: string }
  | { readonly kind: 'class-finished'; readonly class: string }
  | { readonly kind: 'failed'; readonly test: string; readonly message: string; readonly details: string }
  | { readonly kind: 'ignored'; readonly test: string; readonly message: string }
  | { readonly kind: 'finished'; readonly test: string }
  /** Ours, not PHPUnit's: the process of a test file ended before its tests did. */
  | { readonly kind: 'crashed'; readonly file: string; readonly message: string };

/** Collects chunks to lines, and tells what each says; other output between them is passed over. */
export function teamcityReader(tell: (message: TestMessage) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = readLine(line);
      if (message !== undefined) tell(message);
    }
  };
}

function readLine(line: string): TestMessage | undefined {
  const [, name, attributes] = /##teamcity\[(\w+) (.*)\]\s*$/.exec(line) ?? [];
  if (name === undefined || attributes === undefined) return undefined;
  const value = attributesOf(attributes);
  const test = value('name');
  switch (name) {
    case 'testCount':
      return { kind: 'count', tests: Number(value('count')) };
    case 'testSuiteStarted':
      return isClass(value) ? { kind: 'class-started', class: test } : undefined;
    case 'testSuiteFinished':
      return { kind: 'class-finished', class: test };
    case 'testFailed':
      return { kind: 'failed', test, message: value('message'), details: value('details') };
    case 'testIgnored':
      return { kind: 'ignored', test, message: value('message') };
    case 'testFinished':
      return { kind: 'finished', test };
    case 'mwpipeCrashed':
      return { kind: 'crashed', file: value('file'), message: value('message') };
    default:
      return undefined;
  }
}

/** A class is placed by its own name; a data provider's suite by its method, and the suite around all by none. */
function isClass(value: (name: string) => string): boolean {
  return value('locationHint').endsWith(`::\\${value('name')}`);
}

function attributesOf(text: string): (name: string) => string {
  const values = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/(\w+)='((?:[^'|]|\|.)*)'/gs))
    values.set(name, unescape(value));
  return (name) => values.get(name) ?? '';
}

function unescape(value: string): string {
  return value.replaceAll(/\|(0x([0-9A-Fa-f]{4})|.)/gs, (_all, code: string, hex: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return { n: '\n', r: '\r' }[code] ?? code;
  });
}
