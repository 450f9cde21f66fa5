/** Which components build on which: hard by `requires`, all the way; soft by naming them, one hop. */
import type { ComponentIndex } from './component-index.ts';

/** Components that require this one, directly or through others, each with the chain of names. */
export function requiredBy(components: readonly ComponentIndex[], path: string): ReadonlyMap<string, string> {
  const chains = new Map<string, string>();
  const queue = components.filter((one) => one.path === path);
  for (const below of queue) {
    const chain = chains.get(below.path);
    for (const above of components) {
      const requires = above.registrations.some((one) => one.requires.includes(below.registered));
      if (!requires || above.path === path || chains.has(above.path)) continue;
      const link = `${above.registered} requires ${below.registered}`;
      chains.set(above.path, chain === undefined ? link : `${link}, ${chain}`);
      queue.push(above);
    }
  }
  return chains;
}
