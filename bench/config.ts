/**
 * Config: how soon a push is everywhere, what is lost or mixed meanwhile, what a diff of 1,000 wikis and the overlay in each
 * request cost; each beside what is done today (ConfigMaps, rebuilt images, files swapped in place, settings baked in).
 */
import { parseArgs } from 'node:util';
import { dockerEngine } from '../src/adapters/docker/engine.ts';
import { dockerRunner } from '../src/adapters/docker/runner.ts';
import { demoImage } from '../test/worlds/docker/demo-image.ts';
import { costOfOverlay, dockerLoad, dockerPush, dockerRebuild, opcacheBothWays } from './config/docker-parts.ts';
import { kubernetesParts } from './config/kubernetes-parts.ts';
import { measureDiff } from './config/measure-diff.ts';
import { PARTS, partsOf, unknownParts, type Parts } from './config/parts.ts';
import { stopOnSignals, stopped } from './config/stop.ts';
import { summary } from './config/summary.ts';

const USAGE = `usage: npm run bench -- config [--quick] [--only PART,...]

  --quick  fewer repeats, meant for twelve minutes on two quiet cores; 100 pushes under load on Kubernetes, not 200
  --only   these parts, by name or half a name: kubernetes, push, docker.load

parts:
${Object.entries(PARTS)
  .map(([name, about]) => `  ${name.padEnd(22)}${about}\n`)
  .join('')}
The last line is JSON: docker_p95_s, kubernetes_p95_s, mixed_or_lost, diff_1000_wikis_cold_s and all that was printed.
Ctrl-C and SIGTERM remove what was made: containers, volumes, images, the cluster.
`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const only = values.only.split(',').filter((word) => word !== '');
process.exitCode = await main();

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const unknown = unknownParts(only);
  if (unknown.length > 0) {
    process.stderr.write(`no part ${unknown.join(', ')}; there are: ${Object.keys(PARTS).join(', ')}\n`);
    return 2;
  }
  stopOnSignals();
  try {
    process.stdout.write(`${JSON.stringify(await measure(partsOf({ quick: values.quick, only })))}\n`);
    return 0;
  } catch (thrown) {
    if (!stopped.aborted) throw thrown;
    process.stderr.write('stopped; what was made is removed\n');
    return 130;
  }
}

async function measure(parts: Parts) {
  const image = await demoImage();
  return summary({
    quick: parts.quick,
    docker: {
      push: await parts.run('docker.push', () => dockerPush(image, parts)),
      rebuild: await parts.run('docker.rebuild', () => dockerRebuild(image)),
      load: await parts.run('docker.load', () => dockerLoad(image)),
    },
    kubernetes: await kubernetesParts(image, parts),
    diff: await parts.run('diff', () => diffBothWays(image)),
    cost: await parts.run('cost', () => costOfOverlay(image, parts)),
    opcache: await parts.run('opcache', () => opcacheBothWays(image, parts)),
  });
}

async function diffBothWays(image: string) {
  const world = { image, runner: dockerRunner(dockerEngine()), wikis: 1000 };
  return {
    yaml: await measureDiff({ ...world, yamlOnly: true }),
    php: await measureDiff({ ...world, yamlOnly: false }),
  };
}
