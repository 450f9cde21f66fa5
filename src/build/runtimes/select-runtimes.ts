/** Runtimes as people name them: `php82` with all its flavours, `php82/web`, or every one there is. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, settle, type Outcome } from '../../kernel/outcome.ts';
import { readImageYaml, runtimeNames, unknownFlavour } from './runtime-definition.ts';
import type { RuntimeName } from './runtime-identity.ts';

export interface RuntimeSelection {
  readonly names: readonly string[];
  readonly all: boolean;
}

/** Each once, in the order named. @returns fails with `build/no-runtime-named`, `build/unknown-*`, for each wrong name */
export async function selectRuntimes(
  folder: string,
  { names, all }: RuntimeSelection,
): Promise<Outcome<readonly RuntimeName[]>> {
  const wanted = all ? await runtimeNames(folder) : names;
  if (wanted.length === 0) return fail(nothingNamed(await runtimeNames(folder)));
  const selected = new Map<string, RuntimeName>();
  const problems: Diagnostic[] = [];
  for (const word of wanted) {
    const one = await selectOne(folder, word);
    if (!one.ok) problems.push(...one.diagnostics);
    else for (const runtime of one.value) selected.set(`${runtime.name}/${runtime.flavour}`, runtime);
  }
  return settle([...selected.values()], problems);
}

async function selectOne(folder: string, word: string): Promise<Outcome<RuntimeName[]>> {
  const [name = '', flavour] = word.split('/');
  const yaml = await readImageYaml(folder, name);
  if (!yaml.ok) return yaml;
  const flavours = Object.keys(yaml.value.value.flavours);
  if (flavour !== undefined && !flavours.includes(flavour)) {
    return fail(unknownFlavour(yaml.value, { flavour, stage: undefined }));
  }
  const chosen = flavour === undefined ? flavours : [flavour];
  return settle(
    chosen.map((one) => ({ name, flavour: one })),
    [],
  );
}

function nothingNamed(known: readonly string[]): Diagnostic {
  return {
    code: 'build/no-runtime-named',
    message: 'no runtime is named',
    hint: `name some (there are: ${known.join(', ')}; with a flavour: php82/web), or all of them with --all`,
  };
}
