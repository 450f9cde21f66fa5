/** `mwpipe sets import`: a list of another tool becomes a set of the workspace. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { quote } from '../../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../../kernel/outcome.ts';
import type { RunContext } from '../../../kernel/run-context.ts';
import { writeAtomically } from '../../../kernel/write-atomically.ts';
import type { ResolveEvent } from '../../events.ts';
import { wrongSetName } from '../read-sets.ts';
import { checkRef } from '../safe-names.ts';
import { isSetName, setFile } from '../set-file.ts';
import { planImport, type ImportPlan } from './plan-import.ts';
import { readList } from './read-list.ts';

export interface ImportOptions {
  readonly root: string;
  readonly file: string;
  /** Of a settings.yaml. */
  readonly bundle?: string;
  /** Name of the set. @default the bundle's, or the file's */
  readonly as?: string;
  readonly branch?: string;
  readonly mode?: 'write' | 'force' | 'dry-run';
}

export interface Imported extends ImportPlan {
  readonly set: string;
  readonly file: string;
  readonly format: string;
  readonly written: boolean;
}

/** Fails as `readList` and `planImport` do, with `resolve/wrong-set-name`, and with `resolve/set-exists` (refused). */
export async function importSet(
  { root, file, bundle, as, branch, mode = 'write' }: ImportOptions,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Imported>> {
  const set = as ?? bundle ?? nameFrom(file);
  if (!isSetName(set)) return fail(wrongSetName(set));
  const ref = branch === undefined ? undefined : checkRef(branch);
  if (ref?.ok === false) return ref;
  const list = await readList(file, bundle);
  if (!list.ok) return list;
  const from = bundle === undefined ? basename(file) : `${basename(file)}, bundle ${bundle}`;
  const plan = planImport(list.value, { set, from, ...(branch === undefined ? {} : { branch }) });
  if (!plan.ok) return plan;
  const target = setFile(root, set);
  if (mode === 'write' && existsSync(target)) return fail(exists(set));
  if (mode !== 'dry-run') {
    await writeAtomically(target, plan.value.text);
    context.emit({ code: 'resolve/set-written', set, components: plan.value.components });
  }
  return ok({ ...plan.value, set, file: target, format: list.value.format, written: mode !== 'dry-run' });
}

/** `.gitmodules` is no name of a set, `gitmodules` is. */
function nameFrom(file: string): string {
  return basename(file)
    .replace(/^\.+/, '')
    .replace(/\.ya?ml$/, '');
}

function exists(set: string) {
  return {
    code: 'resolve/set-exists',
    message: `there is an extension set ${quote(set)} already`,
    hint: 'take another name with --as, or write over it with --force',
    exit: 'refused',
  } as const;
}
