/**
 * Clusters by hand: `node test/lab/lab.ts up [NAME]`, `load IMAGE [NAME]`, `kubeconfig [NAME]`, `down [NAME]`. One stays
 * until it is taken down; tests never touch it.
 */
import { parseArgs } from 'node:util';
import { startCluster } from './cluster.ts';
import { buildPrograms, clusterScript, labProblem } from './programs.ts';

const { positionals } = parseArgs({ allowPositionals: true });
const [command, ...words] = positionals;
process.exitCode = await main();

async function main(): Promise<number> {
  switch (command) {
    case 'up':
      return up(words[0] ?? 'dev');
    case 'load':
      if (words[0] === undefined) return usage();
      await clusterScript('load', words[1] ?? 'dev', words[0]);
      return 0;
    case 'kubeconfig':
      return printKubeconfig(words[0] ?? 'dev');
    case 'down':
      await clusterScript('down', words[0] ?? 'dev');
      return 0;
    case undefined:
    default:
      return usage();
  }
}

async function up(name: string): Promise<number> {
  const problem = await labProblem();
  if (problem !== undefined) {
    process.stderr.write(`no cluster here: ${problem}\n`);
    return 3;
  }
  await buildPrograms();
  process.stdout.write(`export KUBECONFIG=${await startCluster(name, 'keep')}\n`);
  return 0;
}

async function printKubeconfig(name: string): Promise<number> {
  process.stdout.write(await clusterScript('kubeconfig', name));
  return 0;
}

function usage(): number {
  process.stderr.write('node test/lab/lab.ts up [NAME] | load IMAGE [NAME] | kubeconfig [NAME] | down [NAME]\n');
  return 2;
}
