/** A set's own `requires`: what it asks of core's version and of the runtime's PHP. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import type { SetRequirement } from '../sets/merged-set.ts';
import type { SetFacts } from './set-facts.ts';
import { checkVersion } from './check-version.ts';

export function checkSetRequires(requires: readonly SetRequirement[], facts: SetFacts): Diagnostic[] {
  return requires.flatMap(({ what, constraint, set, at }) => {
    const who = `the set ${quote(set)}`;
    if (what === 'MediaWiki') {
      const hint = `take another branch of core, or change requires: there`;
      return checkVersion({ ...{ who, what, constraint, at, hint }, found: facts.mediawiki, unreadable: 'allowed' });
    }
    const found = facts.platform.php;
    const hint = 'take a runtime with that PHP and say so under platform, or change requires: there';
    return checkVersion({ ...{ who, what: 'PHP', constraint, at, hint }, found, unreadable: 'allowed' });
  });
}
