/** Nothing changed: the refs of every repo by mwpipe's port, beside `xargs -P N git ls-remote`. */
import { join } from 'node:path';
import pLimit from 'p-limit';
import { playRounds, type Side } from './rounds.ts';
import { context, xargs, type BenchWorld } from './world.ts';

/** Remotes that are asked at once, as the flow does; the port itself holds back a host that has too many. */
const AT_ONCE = 64;

export async function askRefs(
  world: BenchWorld,
  rounds: number,
  say: (text: string) => void,
): Promise<{ readonly oursMs: number; readonly bestMs: number; readonly best: string }> {
  const urls = world.repos.map((repo) => world.remote(repo));
  const others = [8, 16, 32].map((parallel): Side => {
    return {
      name: `xargs -P ${parallel} git ls-remote`,
      play: () => xargs(parallel, ['git', 'ls-remote', '-q'], urls),
    };
  });
  const medians = await playRounds(rounds, [{ name: 'mwpipe', play: () => askAll(world) }, ...others], say);
  const [best] = others.toSorted((a, b) => (medians[a.name] ?? 0) - (medians[b.name] ?? 0));
  return { oursMs: medians['mwpipe'] ?? 0, bestMs: medians[best?.name ?? ''] ?? 0, best: best?.name ?? '' };
}

/** From nothing: ports are opened, connections made. */
async function askAll(world: BenchWorld): Promise<void> {
  const git = world.open(join(world.folder, 'cache-refs'));
  const limit = pLimit(AT_ONCE);
  const ask = async (url: string): Promise<void> => {
    const refs = await git.refs.refs({ url }, context);
    if (!refs.ok) throw new Error(refs.diagnostics[0].message);
    if (refs.value.size !== 22) throw new Error(`${url} has ${refs.value.size} refs`);
  };
  await Promise.all(world.repos.map((repo) => limit(() => ask(world.url(repo)))));
  await git.close();
}
