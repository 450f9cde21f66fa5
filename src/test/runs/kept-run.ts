/**
 * What a run leaves, so that it can be done again anywhere: the lock, the files that the patch changed, the shards, and in
 * the end the report. All in the run's own folder, which may be copied to another machine.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { quote } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { writeAtomically } from '../../kernel/write-atomically.ts';
import type { Lockfile } from '../../resolve/index.ts';
import type { PatchState } from '../patch-mounts.ts';
import type { Shard } from '../plan-shards.ts';
import type { LockTexts } from '../ports.ts';
import type { Patch } from '../read-patch.ts';
import type { TestReport } from '../report.ts';

export interface KeptRun {
  /** ISO 8601; of a run that is done again, the first time. */
  readonly started: string;
  readonly lock: Lockfile;
  /** Name of a folder of images/. */
  readonly runtime: string;
  /** How the image's layers were cut: kept with the lock, so that the image is the same again. */
  readonly layersPath: string;
  readonly patch: Pick<Patch, 'component' | 'base' | 'files'>;
  /** Undefined where the component is as the image has it. */
  readonly patched: PatchState | undefined;
  readonly shards: readonly Shard[];
}

/** One that leaves the folder is nobody's. */
const inside = z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.?(\/|$)).+$/, 'leaves the component');
const objectId = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'is no git object id');
const ranges = z.array(z.object({ from: z.number(), to: z.number() }));

const documentSchema = z.object({
  schema: z.literal('mwpipe.test-run/1'),
  started: z.string(),
  runtime: z.string(),
  component: z.string(),
  base: z.object({ name: z.string(), commit: objectId, tree: objectId }),
  files: z.array(z.object({ path: inside, status: z.enum(['A', 'M', 'D', 'R']), before: ranges, after: ranges })),
  patched: z.object({ tree: objectId, changed: z.array(inside), gone: z.array(inside) }).optional(),
  shards: z.array(
    z.object({
      name: z.string().regex(/^[^/]+$/),
      component: z.string(),
      kind: z.enum(['unit', 'integration', 'parser']),
      tests: z.array(z.object({ file: inside, class: z.string() })),
    }),
  ),
});

const DOCUMENT = 'run.json';
const LOCK = 'lock.yaml';
const LAYERS = 'layers.json';
const FILES = 'patch';

/** Before anything runs: one that is killed can be done again too. */
export async function keepRun(folder: string, run: KeptRun, locks: LockTexts): Promise<void> {
  const { started, lock, layersPath, runtime, patch, patched, shards } = run;
  await mkdir(folder, { recursive: true });
  await writeAtomically(join(folder, LOCK), locks.format(lock));
  if (existsSync(layersPath)) await cp(layersPath, join(folder, LAYERS));
  if (patched !== undefined) await cp(patched.folder, join(folder, FILES), { recursive: true, verbatimSymlinks: true });
  const document: z.input<typeof documentSchema> = {
    schema: 'mwpipe.test-run/1',
    started,
    runtime,
    component: patch.component.path,
    base: patch.base,
    files: patch.files.map(({ path, status, before, after }) => {
      return { path, status, before: [...before], after: [...after] };
    }),
    ...(patched === undefined
      ? {}
      : { patched: { ...patched, changed: [...patched.changed], gone: [...patched.gone] } }),
    shards: shards.map((shard) => ({ ...shard, tests: [...shard.tests] })),
  };
  await writeAtomically(join(folder, DOCUMENT), `${JSON.stringify(documentSchema.parse(document), null, 2)}\n`);
}

export async function keepReport(folder: string, report: TestReport): Promise<void> {
  await writeAtomically(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
}

/** @returns fails with `test/no-such-run`, `test/broken-run`, and as locks do */
export async function readRun(folder: string, locks: LockTexts): Promise<Outcome<KeptRun>> {
  const file = join(folder, DOCUMENT);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const lockText = await readFile(join(folder, LOCK), 'utf8').catch(() => undefined);
  if (text === undefined || lockText === undefined) {
    return fail({
      code: 'test/no-such-run',
      message: `${quote(folder)} holds no test run`,
      hint: 'the last lines of mwpipe test name the run and its folder',
    });
  }
  const lock = locks.parse(join(folder, LOCK), lockText);
  if (!lock.ok) return lock;
  const parsed = documentSchema.safeParse(jsonOf(text));
  const component = lock.value.components.find(({ path }) => parsed.data?.component === path);
  if (!parsed.success || component === undefined) {
    const [issue] = parsed.error?.issues ?? [];
    const what = issue === undefined ? 'its component is not in its lock' : `${issue.path.join('.')}: ${issue.message}`;
    return fail({
      code: 'test/broken-run',
      message: `${quote(file)} can't be run again: ${what}`,
      hint: 'was it written by another mwpipe, or cut off?',
    });
  }
  const { started, runtime, base, files, patched, shards } = parsed.data;
  return ok({
    started,
    lock: lock.value,
    runtime,
    layersPath: join(folder, LAYERS),
    patch: { component, base, files },
    patched: patched === undefined ? undefined : { ...patched, folder: join(folder, FILES) },
    shards,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
