/** From selected tests to shards: by component and kind, each to run alone, none so big that all wait for it. */
import { folderName } from '../kernel/component-place.ts';
import type { TestPlan } from './plan-tests.ts';

type ShardKind = 'unit' | 'integration' | 'parser';

export interface ShardTest {
  /** Below the component's folder. */
  readonly file: string;
  /** Full name; the file itself for parser tests. */
  readonly class: string;
}

export interface Shard {
  /** `Cite unit`, `core integration 2 of 9`: as people read it. */
  readonly name: string;
  readonly component: string;
  readonly kind: ShardKind;
  readonly tests: readonly ShardTest[];
}

/** Test files of one shard. */
const MOST = 100;

/** Largest first, so that the last to end is a small one; the patched component's before all others. */
export function planShards(plan: Pick<TestPlan, 'selected' | 'parserTests' | 'patched'>): Shard[] {
  const groups = new Map<string, Shard & { tests: ShardTest[] }>();
  const add = (component: string, kind: ShardKind, test: ShardTest): void => {
    const key = `${component} ${kind}`;
    const group = groups.get(key) ?? { name: `${folderName(component)} ${kind}`, component, kind, tests: [] };
    groups.set(key, group);
    group.tests.push(test);
  };
  for (const { component, kind, file, class: name } of plan.selected) add(component, kind, { file, class: name });
  for (const { component, files } of plan.parserTests) {
    for (const file of files) add(component, 'parser', { file, class: file });
  }
  const own = (shard: Shard): number => (shard.component === plan.patched ? 0 : 1);
  return [...groups.values()].flatMap(inParts).sort((a, b) => own(a) - own(b) || b.tests.length - a.tests.length);
}

function inParts(shard: Shard): Shard[] {
  const parts = Math.ceil(shard.tests.length / MOST);
  if (parts <= 1) return [shard];
  const size = Math.ceil(shard.tests.length / parts);
  return Array.from({ length: parts }, (_, at) => ({
    ...shard,
    name: `${shard.name} ${at + 1} of ${parts}`,
    tests: shard.tests.slice(at * size, (at + 1) * size),
  }));
}
