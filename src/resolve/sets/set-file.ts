/** The YAML of an extension set as it is written, and which sets and components a workspace knows. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Outcome } from '../../kernel/outcome.ts';
import { readYaml, type YamlDocument } from '../../kernel/yaml-document.ts';

const name = z.string();
export const setSchema = z.strictObject({
  version: z.literal(1),
  /** What it is for, in a sentence. */
  description: z.string().optional(),
  /** Sets whose components come first; what stands here goes before what stands there. */
  extends: z.array(name).default([]),
  /** What stands in `{}` of branches; `--train` sets `train`. */
  variables: z
    .record(z.string().regex(/^[a-z][a-z0-9]*$/, 'variables are named by a-z and 0-9'), z.string())
    .default({}),
  /** The first of these that a repo has is taken. */
  branches: z.array(z.string()).min(1).optional(),
  /** Where repos live: `{name}` is the component's. */
  sources: z
    .strictObject({ core: name.optional(), vendor: name.optional(), extension: name.optional(), skin: name.optional() })
    .default({}),
  /** What the runtime offers; `requires` of extension.json is checked against it. */
  platform: z.strictObject({ php: name.optional(), extensions: z.array(name).optional() }).default({}),
  /** `core`, `vendor`, `skins/Vector`, `Cite`; or a map, where one needs its own url, branch, tag or commit. */
  components: z
    .array(
      z.union([
        name,
        z.strictObject({
          name,
          url: name.optional(),
          /** Where a library is mounted. */
          path: name.optional(),
          branch: name.optional(),
          tag: name.optional(),
          commit: name.optional(),
          /** Files that register something: Wikibase's `extension-client.json` and `extension-repo.json`. */
          manifests: z.array(name).min(1).optional(),
        }),
      ]),
    )
    .default([]),
});

export type SetFile = z.output<typeof setSchema>;
const SETS_FOLDER = 'extension-sets';

/** `extension-sets/NAME.yaml` of the workspace in `root`. */
function setFile(root: string, set: string): string {
  return join(root, SETS_FOLDER, `${set}.yaml`);
}

export function readSetFile(root: string, set: string): Promise<Outcome<YamlDocument<SetFile>>> {
  return readYaml(setFile(root, set), setSchema);
}

export async function knownSets(root: string): Promise<string[]> {
  const files = await readdir(join(root, SETS_FOLDER)).catch(() => []);
  return files.flatMap((file) => /^(?!.*\.lock\.yaml$)(.+)\.yaml$/.exec(file)?.[1] ?? []);
}

/** Every component that some set of this workspace lists: what a misspelt one may have meant. */
export async function knownComponents(root: string): Promise<string[]> {
  const files = await Promise.all((await knownSets(root)).map((set) => readSetFile(root, set)));
  const listed = files.flatMap((file) => (file.ok ? file.value.value.components : []));
  return [...new Set(listed.map((entry) => (typeof entry === 'string' ? entry : entry.name)))];
}
