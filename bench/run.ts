/**
 * `npm run bench -- NAME [--quick]`: each claim about speed is a program here that prints both sides, and as its last
 * line {"bench", "ratios", "figures"} in JSON. Without a name: what there is to run.
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const [name, ...flags] = process.argv.slice(2);
const names = globSync('*.ts', { cwd: import.meta.dirname })
  .map((file) => basename(file, '.ts'))
  .filter((one) => one !== 'run')
  .sort();

if (name !== undefined && names.includes(name)) process.exitCode = await run(name);
else list();

function list(): void {
  if (name !== undefined) process.stderr.write(`no benchmark ${JSON.stringify(name)}; there are:\n`);
  for (const one of names) process.stdout.write(`  ${one.padEnd(28)}${aboutOf(one)}\n`);
  process.stdout.write('\nrun one with: npm run bench -- NAME [--quick]\n');
  process.exitCode = name === undefined ? 0 : 2;
}

/** The first words of the program's own comment. */
function aboutOf(one: string): string {
  const text = readFileSync(join(import.meta.dirname, `${one}.ts`), 'utf8');
  const comment = /\/\*\*(.*?)\*\//s.exec(text)?.[1] ?? '';
  const words = comment.replaceAll(/\s+\*?\s*/g, ' ').trim();
  return words.split(/[.:;]\s/)[0] ?? '';
}

function run(one: string): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, `${one}.ts`), ...flags], { stdio: 'inherit' });
  process.on('SIGINT', () => undefined); // the terminal sends it to the child too, which cleans up
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 130)));
}
