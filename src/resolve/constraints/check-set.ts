/** Everything that can be wrong with a set once its components are read; what its files alone show, readSet says before. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { checkDuplicates } from './check-duplicates.ts';
import { checkRequires } from './check-requires.ts';
import { checkSetRequires } from './check-set-requires.ts';
import type { CheckedComponent, SetFacts } from './set-facts.ts';

/**
 * Every mistake, file by file, each file from top to bottom: `resolve/unmet-version`, `resolve/missing-dependency`,
 * `resolve/missing-php-extension`, `resolve/missing-ability`, `resolve/unknown-platform`, `resolve/unknown-version`,
 * `resolve/wrong-constraint`, `resolve/registered-twice`, `resolve/same-repo`. Circles are none of them: see findCircles.
 * @param components one for each file that registers something, and each component without one
 */
export function checkSet(components: readonly CheckedComponent[], facts: SetFacts): Diagnostic[] {
  return inOrder([
    ...checkSetRequires(facts.requires ?? [], facts),
    ...checkDuplicates(components),
    ...checkRequires(components, facts),
  ]);
}

function inOrder(wrong: readonly Diagnostic[]): Diagnostic[] {
  const files = [...new Set(wrong.map(({ at }) => at?.file))];
  const place = ({ at }: Diagnostic): readonly [number, number, number] => [
    files.indexOf(at?.file),
    at?.line ?? 0,
    at?.column ?? 0,
  ];
  return wrong.toSorted((a, b) => {
    const [left, right] = [place(a), place(b)];
    return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
  });
}
