/** A runtime as `images/NAME/` defines it: image.yaml, a Dockerfile, and the files that the Dockerfile copies. */
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import { fail, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import { readYaml, type YamlDocument } from '../../kernel/yaml-document.ts';
import { BOOTSTRAPPED } from './base-problem.ts';
import { neededStages, onlyStages, readDockerfile, type Stage } from './dockerfile.ts';
import type { BaseSpec, ContextFile } from '../ports.ts';

export const imageSchema = z.strictObject({
  version: z.literal(1),
  /** What it is for, in a sentence. */
  description: z.string().min(1),
  /**
   * What `${BASE}` of the Dockerfile is: a root file system bootstrapped from the signed Debian archive. Left out where
   * every stage is FROM an image that mwpipe.yaml allows.
   */
  base: z
    .strictObject({
      /** Code name: bookworm. */
      debian: z.string().regex(/^[a-z]+$/, 'is no code name of Debian, such as bookworm'),
      variant: z.literal('minbase'),
    })
    .exactOptional(),
  /** Name to stage of the Dockerfile; the first is the default. */
  flavours: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.string()),
});

export interface RuntimeDefinition {
  /** undefined: no stage that counts asks for it. */
  readonly base: BaseSpec | undefined;
  /** The image that its lowest layers are, where it isn't bootstrapped. */
  readonly from: string | undefined;
  readonly stage: string;
  /** With the stages that this flavour needs. */
  readonly dockerfile: string;
  /** The lines that count for this flavour: a change in another flavour's stage changes nothing here. */
  readonly stages: readonly Stage[];
  readonly files: readonly ContextFile[];
}

/** Where runtimes are defined, and what they may stand on. */
export interface RuntimeFolder {
  /** `images/` of the workspace, which is also the context that COPY lines count from. */
  readonly folder: string;
  /** `policy.bases` of mwpipe.yaml. */
  readonly bases: readonly string[];
}

export async function readRuntime(
  { folder, bases }: RuntimeFolder,
  { name, flavour }: { readonly name: string; readonly flavour: string },
): Promise<Outcome<RuntimeDefinition>> {
  const yaml = await readImageYaml(folder, name);
  if (!yaml.ok) return yaml;
  const { base } = yaml.value.value;
  const file = join(folder, name, 'Dockerfile');
  if (!existsSync(file)) return fail({ code: 'build/no-dockerfile', message: `there is no ${file}`, exit: 'input' });
  const text = await readFile(file, 'utf8');
  const stages = readDockerfile(file, text, { bases, bootstrapped: base !== undefined });
  if (!stages.ok) return stages;
  const stage = yaml.value.value.flavours[flavour];
  const needed = neededStages(stages.value, stage);
  if (stage === undefined || needed === undefined) return fail(unknownFlavour(yaml.value, { flavour, stage }));
  const files = await contextFiles(folder, needed);
  if (!files.ok) return files;
  const dockerfile = onlyStages(text, stages.value, needed);
  return ok({ ...baseOf(needed, base), stage, dockerfile, stages: needed, files: files.value });
}

/** Fails with `build/unknown-runtime` and `yaml/*`. */
export async function readImageYaml(
  folder: string,
  name: string,
): Promise<Outcome<YamlDocument<z.output<typeof imageSchema>>>> {
  const known = await runtimeNames(folder);
  if (!known.includes(name)) return fail(unknownRuntime(name, { folder, known }));
  return readYaml(join(folder, name, 'image.yaml'), imageSchema);
}

function baseOf(needed: readonly Stage[], base: BaseSpec | undefined): Pick<RuntimeDefinition, 'base' | 'from'> {
  const lowest = needed.at(-1)?.base;
  return {
    base: needed.some((stage) => stage.base === BOOTSTRAPPED) ? base : undefined,
    from: lowest === BOOTSTRAPPED ? undefined : lowest,
  };
}

/** Folders of `images/` with an image.yaml, by name. */
export async function runtimeNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'image.yaml')))
    .map((entry) => entry.name)
    .sort();
}

async function contextFiles(folder: string, stages: readonly Stage[]): Promise<Outcome<readonly ContextFile[]>> {
  const missing: Diagnostic[] = [];
  const paths = new Set<string>();
  for (const { path, at } of stages.flatMap((stage) => stage.copies)) {
    const found = path.split('/').includes('..') ? [] : await filesAt(folder, path);
    for (const one of found) paths.add(one);
    if (found.length > 0) continue;
    const hint = `paths of COPY count from ${folder}, and stay inside it`;
    missing.push({ code: 'build/no-context-file', message: `there is no ${quote(path)} to copy`, hint, at });
  }
  return settle(await Promise.all([...paths].sort().map((path) => contextFile(folder, path))), missing);
}

/** A file, or all files below a folder; a pattern counts as the folder that it looks in. */
async function filesAt(folder: string, path: string): Promise<string[]> {
  const literal = path.includes('*') || path.includes('?') ? path.slice(0, path.lastIndexOf('/') + 1) : path;
  const full = join(folder, literal);
  const found = await stat(full).catch(() => undefined);
  if (found === undefined) return [];
  if (!found.isDirectory()) return [literal];
  const inside = await readdir(full, { recursive: true, withFileTypes: true });
  return inside.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

async function contextFile(folder: string, path: string): Promise<ContextFile> {
  const full = join(folder, path);
  const [data, { mode }] = await Promise.all([readFile(full), stat(full)]);
  return { path, executable: (mode & 0o100) !== 0, data };
}

function unknownRuntime(name: string, { folder, known }: { folder: string; known: readonly string[] }): Diagnostic {
  const near = nearest(name, known);
  return {
    code: 'build/unknown-runtime',
    message: `no runtime ${quote(name)} in ${folder}`,
    hint: near === undefined ? `there are: ${known.join(', ')}` : `did you mean ${near}?`,
  };
}

export function unknownFlavour(
  yaml: YamlDocument<z.output<typeof imageSchema>>,
  { flavour, stage }: { readonly flavour: string; readonly stage: string | undefined },
): Diagnostic {
  const known = Object.keys(yaml.value.flavours);
  if (stage === undefined) {
    const hint = `there are: ${known.join(', ')}`;
    return { code: 'build/unknown-flavour', message: `no flavour ${quote(flavour)}`, hint, at: yaml.at(['flavours']) };
  }
  return {
    code: 'build/unknown-stage',
    message: `its Dockerfile has no stage ${quote(stage)}`,
    hint: `write "FROM ... AS ${stage}" there, or name another stage here`,
    at: yaml.at(['flavours', flavour]),
  };
}
