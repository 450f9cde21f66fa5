/** Calls whose first argument, a plain string, says what a file uses: `isLoaded( 'Echo' )`, `->run( 'EchoAbort' )`. */
import { tokenText, unescaped, type PhpTokens } from './lex-php.ts';

interface NamingCall {
  readonly kind: 'service' | 'loaded' | 'needed' | 'handles' | 'runs' | 'declares';
  readonly name: string;
  readonly at: number;
}

type KindOfCall = (tokens: PhpTokens, index: number) => NamingCall['kind'] | undefined;

const always =
  (kind: NamingCall['kind']): KindOfCall =>
  () =>
    kind;
const ofObject =
  (kind: NamingCall['kind']): KindOfCall =>
  (tokens, index) =>
    isMember(tokens, index) ? kind : undefined;

/** By the lower case name of the function. */
const CALLS: ReadonlyMap<string, KindOfCall> = new Map([
  ['isloaded', ofObject('loaded')],
  ['marktestskippedifextensionnotloaded', always('needed')],
  ['getservice', ofObject('service')],
  ['hasservice', ofObject('service')],
  ['get', (tokens, index) => (isOf(SERVICES, tokens, index) ? 'service' : undefined)],
  ['has', (tokens, index) => (isOf(SERVICES, tokens, index) ? 'service' : undefined)],
  ['run', ofObject('runs')],
  ['runwithoutabort', ofObject('runs')],
  ['register', (tokens, index) => (isOf(/hookContainer$/i, tokens, index) ? 'handles' : undefined)],
]);

/** The call that begins with the word at `index`, where it is one of those. */
export function readCall(tokens: PhpTokens, index: number): NamingCall | undefined {
  if (tokenText(tokens, index + 1) !== '(') return undefined;
  const name = tokenText(tokens, index).replace(/^\\/, '').toLowerCase();
  if (name === 'class_alias') return readAlias(tokens, index);
  const kind = CALLS.get(name)?.(tokens, index);
  if (kind === undefined || tokens.kinds[index + 2] !== 'string') return undefined;
  const after = tokenText(tokens, index + 3);
  if (after !== ')' && after !== ',') return undefined; // the string is only a part of the name
  return { kind, name: unescaped(tokenText(tokens, index + 2)), at: tokens.starts[index + 2] ?? 0 };
}

/** `class_alias( New::class, 'Old' )`: the old name is one of this component's too. */
function readAlias(tokens: PhpTokens, index: number): NamingCall | undefined {
  for (let at = index + 2; at < index + 8; at += 1) {
    if (tokenText(tokens, at) === ')') return undefined;
    if (tokens.kinds[at] !== 'string' || tokenText(tokens, at - 1) !== ',') continue;
    return { kind: 'declares', name: unescaped(tokenText(tokens, at)), at: tokens.starts[at] ?? 0 };
  }
  return undefined;
}

function isMember(tokens: PhpTokens, index: number): boolean {
  return ['->', '?->', '::'].includes(tokenText(tokens, index - 1));
}

/** `$services`, `MediaWikiServices::getInstance()`, `$this->getServiceContainer()`. */
const SERVICES = /(services?(container)?|getInstance)$/i;

/** Whether the object whose method is called has such a name: a variable, a property, or a call without arguments. */
function isOf(name: RegExp, tokens: PhpTokens, index: number): boolean {
  if (!isMember(tokens, index)) return false;
  const isCall = tokenText(tokens, index - 2) === ')' && tokenText(tokens, index - 3) === '(';
  return name.test(tokenText(tokens, index - (isCall ? 4 : 2)));
}
