/** From selected tests to shards: one for each component and kind, each to run alone. */
import type { TestPlan } from './plan-tests.ts';

type ShardKind = 'unit' | 'integration' | 'parser';

export interface ShardTest {
  /** Below the component's folder. */
  readonly file: string;
  /** Full name; the file itself for parser tests. */
  readonly class: string;
}

export interface Shard {
  /** `Cite unit`, as people read it. */
  readonly name: string;
  readonly component: string;
  readonly kind: ShardKind;
  readonly tests: readonly ShardTest[];
}

/** Largest first, so that the last to end is a small one; the patched component's before all others. */
export function planShards(plan: TestPlan): Shard[] {
  const shards = new Map<string, Shard & { tests: ShardTest[] }>();
  const add = (component: string, kind: ShardKind, test: ShardTest): void => {
    const name = `${component.replace(/^.*\//, '')} ${kind}`;
    const shard = shards.get(`${component} ${kind}`) ?? { name, component, kind, tests: [] };
    shards.set(`${component} ${kind}`, shard);
    shard.tests.push(test);
  };
  for (const { component, kind, file, class: name } of plan.selected) add(component, kind, { file, class: name });
  for (const { component, files } of plan.parserTests) {
    for (const file of files) add(component, 'parser', { file, class: file });
  }
  const own = (shard: Shard): number => (shard.component === plan.patched ? 0 : 1);
  return [...shards.values()].sort((a, b) => own(a) - own(b) || b.tests.length - a.tests.length);
}
