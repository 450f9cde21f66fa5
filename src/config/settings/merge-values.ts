/**
 * How arrays are added up: MediaWiki's SiteConfiguration::arrayMerge, rule by rule (test/contract holds them against each
 * other). The first array has its way, except that a list's values are appended and that `false` gives way.
 */
import { isPhpArray, type PhpArray, type PhpValue } from './php-value.ts';

export function mergeArrays(first: PhpArray, second: PhpArray): PhpArray {
  const out = new Map(entriesOf(first));
  for (const [key, value] of entriesOf(second)) {
    const taken = out.get(key);
    if (taken === undefined || taken === null) out.set(key, value);
    else if (isPhpArray(taken) && isPhpArray(value)) out.set(key, mergeArrays(taken, value));
    else if (isNumeric(key)) out.set(nextKey(out), value);
    else if (taken === false) out.set(key, value);
  }
  return asList(out) ?? out;
}

function entriesOf(array: PhpArray): Iterable<[string, PhpValue]> {
  return array instanceof Map
    ? (array as ReadonlyMap<string, PhpValue>)
    : (array as readonly PhpValue[]).map((value, index): [string, PhpValue] => [String(index), value]);
}

/** PHP's is_numeric, of a string. */
function isNumeric(key: string): boolean {
  return /^[ \t\n\r\v\f]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[ \t\n\r\v\f]*$/.test(key);
}

/** Of `$out[] = ...`: one more than the largest integer. (PHP 8.2 has 0 after a negative one that was added at run time.) */
function nextKey(map: ReadonlyMap<string, PhpValue>): string {
  const integers = [...map.keys()].filter(isInteger).map(BigInt);
  const largest = integers.reduce((a, b) => (a > b ? a : b), integers[0] ?? -1n);
  return String(largest + 1n);
}

const LARGEST = 2n ** 63n - 1n;

/** Whether PHP makes an integer of a string that is a key. */
function isInteger(key: string): boolean {
  if (!/^(?:0|-?[1-9]\d*)$/.test(key)) return false;
  return BigInt(key) <= LARGEST && BigInt(key) >= -LARGEST - 1n;
}

/** A map whose keys are 0, 1, 2 ... is a list to PHP. */
function asList(map: ReadonlyMap<string, PhpValue>): PhpValue[] | undefined {
  let index = 0;
  for (const key of map.keys()) {
    if (key !== String(index)) return undefined;
    index += 1;
  }
  return [...map.values()];
}
