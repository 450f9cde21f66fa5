/**
 * `npm test`: the checks, then the tests by what they need, each part's time, vitest's totals, one closing line.
 * A test file says what it needs in its first lines (`// needs: docker`); what can't be had is reported as skipped
 * with the reason, and `--strict` (used by CI) makes that an error.
 */
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { removeRunCluster } from '../lab/cluster.ts';
import { buildPrograms, labProblem } from '../lab/programs.ts';

interface Part {
  readonly name: string;
  readonly seconds: number;
  readonly ok: boolean;
}

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

const root = join(import.meta.dirname, '..', '..');
const words = process.argv.slice(2);
const strict = words.includes('--strict');
const filters = words.filter((word) => !['--strict', '--yes'].includes(word));
const reports = mkdtempSync(join(tmpdir(), 'mwpipe-test-'));
const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
const parts: Part[] = [];
const failures: string[] = [];
const run = String(process.pid);

try {
  const missing = missingNeeds();
  if (!missing.has('kubernetes') && wants('kubernetes')) await part('lab', () => prepareLab(missing));
  const skipped = filesThatLack(missing);
  if (filters.length === 0) await part('check', () => npm('check'));
  for (const project of ['unit', 'contract', 'e2e', 'faults']) await part(project, () => vitest(project, skipped));
  report(skipped);
} finally {
  await removeRunCluster(run);
  rmSync(reports, { recursive: true, force: true });
}

async function part(name: string, work: () => Promise<boolean>): Promise<void> {
  process.stdout.write(`\n── ${name}\n`);
  const started = performance.now();
  const ok = await work();
  parts.push({ name, ok, seconds: (performance.now() - started) / 1000 });
}

/** Kubernetes' programs, built where they aren't yet; the cluster itself starts when the first file asks for it. */
async function prepareLab(missing: Map<string, string>): Promise<boolean> {
  process.env['MWPIPE_LAB_RUN'] = run;
  const problem = await labProblem();
  if (problem !== undefined) missing.set('kubernetes', problem);
  else if ((process.env['MWPIPE_TEST_KUBECONFIG'] ?? '') === '')
    await buildPrograms().catch((thrown: unknown) => missing.set('kubernetes', String(thrown)));
  return true;
}

/** What the bootstrap could not get, by need: `docker`, `root`, `debian`, `composer`, `registry`, `openssl`, `kubernetes`. */
function missingNeeds(): Map<string, string> {
  const lines = (process.env['MWPIPE_MISSING'] ?? '').split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.split(':')[0] ?? line, line.slice(line.indexOf(':') + 1).trim()]));
}

function filesThatLack(missing: ReadonlyMap<string, string>): Map<string, string> {
  const skipped = new Map<string, string>();
  for (const file of testFiles()) {
    const reason = needsOf(file)
      .map((need) => missing.get(need))
      .find((found) => found !== undefined);
    if (reason !== undefined) skipped.set(file, reason);
  }
  return skipped;
}

/** Whether any of the files that will run says that it needs this. */
function wants(need: string): boolean {
  const running = testFiles().filter((file) => filters.length === 0 || filters.some((word) => file.includes(word)));
  return running.some((file) => needsOf(file).includes(need));
}

function testFiles(): string[] {
  return globSync('test/{unit,contract,e2e,faults}/**/*.test.ts', { cwd: root }).sort();
}

function needsOf(file: string): string[] {
  return /^\/\/ needs: (.+)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1]?.split(/,\s*/) ?? [];
}

function npm(script: string): Promise<boolean> {
  return spawned('npm', ['run', '--silent', script]);
}

async function vitest(project: string, skipped: ReadonlyMap<string, string>): Promise<boolean> {
  const output = join(reports, `${project}.json`);
  const argv = ['run', '--project', project, '--passWithNoTests', '--reporter=default', '--reporter=json'];
  const excluded = [...skipped.keys()].flatMap((file) => ['--exclude', file]);
  const ok = await spawned('vitest', [...argv, `--outputFile.json=${output}`, ...excluded, ...filters]);
  count(output);
  return ok;
}

function count(output: string): void {
  try {
    const found = JSON.parse(readFileSync(output, 'utf8')) as Record<string, number>;
    totals.passed += found['numPassedTests'] ?? 0;
    totals.failed += (found['numFailedTests'] ?? 0) + brokenFiles(found);
    totals.skipped += found['numPendingTests'] ?? 0;
    failures.push(...failuresOf(found));
  } catch {
    totals.failed += 1; // vitest itself broke before it could report
  }
}

/** Files that failed before any of their tests ran count as one failure each. */
function brokenFiles(found: unknown): number {
  return filesIn(found).filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
}

interface TestFile {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly { status: string; fullName: string; failureMessages: string[] }[];
}

/** Of vitest's JSON report. */
function filesIn(report: unknown): readonly TestFile[] {
  return (report as { testResults?: readonly TestFile[] }).testResults ?? [];
}

/** Said again at the end: a long log is often cut from the front. */
function failuresOf(found: unknown): string[] {
  return filesIn(found).flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [`${file}\n${shortened(message)}`] : [];
    return failed.map((test) => `${file} > ${test.fullName}\n${shortened(test.failureMessages.join('\n'))}`);
  });
}

function shortened(message: string): string {
  return message.split('\n', 12).join('\n').slice(0, 1500).replace(/^/gm, '    ');
}

function report(skipped: ReadonlyMap<string, string>): void {
  if (failures.length > 0) process.stdout.write(`\n── what failed\n${failures.join('\n')}\n`);
  process.stdout.write('\n── time of each part\n');
  for (const { name, seconds, ok } of parts) {
    process.stdout.write(`  ${name.padEnd(10)} ${seconds.toFixed(1).padStart(7)} s${ok ? '' : '   failed'}\n`);
  }
  for (const [file, reason] of skipped) process.stdout.write(`  skipped    ${file}: ${reason}\n`);
  const broken = parts.filter(({ ok }) => !ok);
  const failed = Math.max(totals.failed, broken.length) + (strict ? skipped.size : 0);
  const others = totals.skipped + (strict ? 0 : skipped.size);
  process.stdout.write(
    `\n${String(totals.passed)} passed, ${String(failed)} failed${others === 0 ? '' : `, ${String(others)} skipped`}\n`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
}

function spawned(command: string, argv: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, argv, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => resolve(false)).on('exit', (code) => resolve(code === 0));
  });
}
