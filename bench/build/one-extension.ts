/**
 * One changed file in one extension, until the engine holds the new image, ready to run: `mwpipe build --with` beside
 * `docker build` with COPY of the same whole tree, by BuildKit and by the classic builder. Also: nothing changed.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker, DOCKER, EXTENSION, median, mwpipe, say, seconds, SET, timed, type BuildWorld } from './world.ts';

const FILE = 'src/Cite.php';

export interface OneExtension {
  /** Median milliseconds of each side. */
  readonly ms: Readonly<Record<'mwpipe' | 'buildkit' | 'classic' | 'nothing_changed', number>>;
  /** Compressed bytes that our side wrote and sent, of the last round. */
  readonly writtenBytes: number;
  readonly sentBytes: number;
  /** Bytes of the extension's own files, compressed as a layer. */
  readonly componentBytes: number;
  /** First 200 of a container of the new image, milliseconds after `docker run`. */
  readonly first200Ms: number;
}

export async function oneExtension(world: BuildWorld, rounds: number): Promise<OneExtension> {
  const { workspace, patch } = world;
  const ours = (): ReturnType<typeof mwpipe> => mwpipe(workspace, ['build', SET, '--with', `${EXTENSION}=${patch}`]);
  const whole = mwpipe(workspace, ['build', SET]).layers.find(({ name }) => name === EXTENSION);
  const times = {
    mwpipe: [] as number[],
    buildkit: [] as number[],
    classic: [] as number[],
    nothing_changed: [] as number[],
  };
  let built = ours();
  dockerBuild(world, true);
  dockerBuild(world, false);
  for (let round = 1; round <= rounds; round += 1) {
    const line = `// round ${round} of ${process.pid}\n`;
    appendFileSync(join(patch, FILE), line);
    appendFileSync(join(world.context, 'mw/extensions', EXTENSION, FILE), line);
    times.mwpipe.push(await timed(() => (built = ours())));
    world.made.add(built.tag);
    times.nothing_changed.push(await timed(ours));
    times.buildkit.push(await timed(() => dockerBuild(world, true)));
    if (round <= 2) times.classic.push(await timed(() => dockerBuild(world, false)));
    say(
      `one extension, round ${round}: ${Object.entries(times)
        .map(([side, all]) => `${side} ${seconds(all.at(-1) ?? 0)}`)
        .join('   ')}`,
    );
  }
  const made = built.layers.filter(({ state }) => state === 'made');
  return {
    ms: {
      mwpipe: median(times.mwpipe),
      buildkit: median(times.buildkit),
      classic: median(times.classic),
      nothing_changed: median(times.nothing_changed),
    },
    writtenBytes: made.reduce((total, { blob }) => total + blob.bytes, 0),
    sentBytes: built.sentBytes,
    componentBytes: whole?.blob.bytes ?? 0,
    first200Ms: await first200(built.tag),
  };
}

export function dockerBuild(
  { context, tag, made }: BuildWorld,
  buildkit: boolean,
  more: readonly string[] = [],
): string {
  const name = `${tag}:${buildkit ? 'buildkit' : 'classic'}`;
  docker(['build', '--quiet', '--tag', name, ...more, context], { buildkit });
  made.add(name);
  return name;
}

/** Without settings an instance answers its ping: PHP-FPM through nginx. */
async function first200(image: string): Promise<number> {
  const start = performance.now();
  const container = docker(['run', '--detach', '--rm', '--publish', '127.0.0.1::8080', image]);
  try {
    const port = /:(\d+)$/m.exec(docker(['port', container, '8080']))?.[1] ?? '';
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/fpm-ping`).catch(() => undefined);
      if (answer?.status === 200) return performance.now() - start;
      if (performance.now() - start > 60_000) throw new Error('the container never answered');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    spawnSync(DOCKER, ['kill', container], { stdio: 'ignore' });
  }
}
