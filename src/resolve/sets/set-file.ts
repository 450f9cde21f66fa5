/** The YAML of an extension set as it is written, and which sets and components a workspace knows. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { buildChoiceSchema } from '../../kernel/build-steps.ts';
import { fail, type Outcome } from '../../kernel/outcome.ts';
import { readYaml, type YamlDocument } from '../../kernel/yaml-document.ts';
import { parseComponentName } from './component-name.ts';

const templates = {
  /** Url of MediaWiki core. */
  core: z.string().optional(),
  /** Url of core's libraries, `mediawiki/vendor`. */
  vendor: z.string().optional(),
  /** Url of an extension: `{name}` is the component's. */
  extension: z.string().optional(),
  /** Url of a skin: `{name}` is the component's. */
  skin: z.string().optional(),
  /** Url of a library: `{name}` is the component's. */
  library: z.string().optional(),
  /** Base url of the Gerrit where changes to these repos are reviewed: `https://gerrit.wikimedia.org/r/`. */
  gerrit: z.string().optional(),
};

const listedSchema = z.union([
  z.string(),
  z.strictObject({
    /** `core`, `vendor`, `Cite`, `extensions/Cite`, `skins/Vector`, or a repo's whole path where a url is given. */
    name: z.string(),
    /** Where its repo is; before any source. */
    url: z.string().optional(),
    /** A name of `sources` (or `wikimedia`) that it comes from. */
    source: z.string().optional(),
    /** Pins it to this branch, whatever the policy says. */
    branch: z.string().optional(),
    /** Pins it to this tag. */
    tag: z.string().optional(),
    /** Pins it to this commit: all 40 digits. */
    commit: z.string().optional(),
    /** A branch policy of its own: the first that it has is taken. */
    branches: z.array(z.string()).min(1).optional(),
    /** Where it is mounted in core's tree; what has a path and no kind is a library. */
    path: z.string().optional(),
    /** What it is, where its name doesn't say so. */
    kind: z.enum(['core', 'vendor', 'extension', 'skin', 'library']).optional(),
    /** Files that register something: Wikibase's `extension-client.json` and `extension-repo.json`. */
    manifests: z.array(z.string()).min(1).optional(),
    /** Steps that make files of it when an image is built; `false` for none, whatever its own `.pipeline/mwpipe.yaml` says. */
    build: buildChoiceSchema.optional(),
    /** Why it is here: `mwpipe why` shows it. */
    because: z.string().optional(),
  }),
]);

export const setSchema = z.strictObject({
  /** Of this file's format. */
  version: z.literal(1),
  /** What it is for, in a sentence. */
  description: z.string().optional(),
  /** Sets whose components come first; what stands here goes before what stands there. */
  extends: z.array(z.string()).default([]),
  /** Components, or `@GROUP`s of them, of the sets that this one extends, which it does not want. */
  remove: z.array(z.string()).default([]),
  /** What stands in `{}` of branches; `--train` sets `train`. */
  variables: z
    .record(z.string().regex(/^[a-z][a-z0-9]*$/, 'variables are named by a-z and 0-9'), z.string())
    .default({}),
  /** The first of these that a repo has is taken: `wmf/{train}`, `REL{release}`, `master`. */
  branches: z.array(z.string()).min(1).optional(),
  /** Where repos live, by kind: `{name}` is the component's. Any other key is a remote with a name of its own. */
  sources: z.object(templates).catchall(z.strictObject(templates)).default({}),
  /** The name of the source for components that don't name one: one of `sources`, or `wikimedia`. */
  source: z.string().optional(),
  /** What the runtime offers; `requires` of extension.json is checked against it. */
  platform: z
    .strictObject({
      /** PHP's version. */
      php: z.string().optional(),
      /** PHP's extensions, in lower case. */
      extensions: z.array(z.string()).optional(),
      /** MediaWiki's abilities that it offers: `shell` where wikis may start programs. */
      abilities: z.array(z.enum(['shell'])).optional(),
    })
    .default({}),
  /** What the set as a whole asks for, as constraints that Composer reads: `>= 1.43`. */
  requires: z
    .strictObject({
      /** Of core's version. */
      MediaWiki: z.string().optional(),
      /** Of the platform's PHP. */
      php: z.string().optional(),
    })
    .default({}),
  /** Changes under review that are always on top: `1099123`, or `1099123/4` for one patchset. */
  patches: z
    .array(
      z.union([
        z.int().positive(),
        z.string().regex(/^[1-9][0-9]{0,8}(\/[1-9][0-9]{0,4})?$/, 'write a change as 1099123 or 1099123/4'),
      ]),
    )
    .default([]),
  /** `core`, `vendor`, `skins/Vector`, `Cite`; or a map, where one needs its own url, branch, tag or commit. */
  components: z.array(listedSchema).default([]),
  /** Components by the name of a group, which a set that extends this one can remove together: `remove: ['@NAME']`. */
  groups: z
    .record(
      z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'groups are named by letters, digits, _ and -'),
      z.array(listedSchema),
    )
    .default({}),
});

export type SetFile = z.output<typeof setSchema>;
export type ListedComponent = Exclude<z.output<typeof listedSchema>, string>;

const SETS_FOLDER = 'extension-sets';
/** Wikimedia's 196 components take 7 kB. */
export const MAX_BYTES = 1_000_000;

/** `extension-sets/NAME.yaml` of the workspace in `root`. */
export function setFile(root: string, set: string): string {
  return join(root, SETS_FOLDER, `${set}.yaml`);
}

/** A name becomes a file's: no folder, no option, nothing hidden, and no lock's. */
export function isSetName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && !name.endsWith('.lock');
}

/** Fails with `yaml/*` and with `resolve/huge-file`. */
export async function readSetFile(root: string, set: string): Promise<Outcome<YamlDocument<SetFile>>> {
  const file = setFile(root, set);
  const bytes = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  if (bytes > MAX_BYTES) return fail(hugeFile(file, bytes));
  return readYaml(file, setSchema);
}

export function hugeFile(file: string, bytes: number) {
  return {
    code: 'resolve/huge-file',
    message: `${file} has ${bytes} bytes, a list of components at most ${MAX_BYTES}`,
    hint: 'is it another file? split it into sets that extend each other',
    at: { file, line: 1, column: 1, length: 1 },
  } as const;
}

export async function knownSets(root: string): Promise<string[]> {
  const files = await readdir(join(root, SETS_FOLDER)).catch(() => []);
  return files.flatMap((file) => /^(?!.*\.lock\.yaml$)(.+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}

/** Every component that some set of this workspace lists: what a misspelt one may have meant. */
export async function knownComponents(root: string): Promise<string[]> {
  const files = await Promise.all((await knownSets(root)).map((set) => readSetFile(root, set)));
  const listed = files.flatMap((file) => (file.ok ? listedNames(file.value.value) : []));
  return [...new Set(listed.map((listedName) => parseComponentName(listedName)?.name ?? listedName))];
}

function listedNames({ components, groups }: SetFile): string[] {
  return [components, ...Object.values(groups)].flat().map((entry) => (typeof entry === 'string' ? entry : entry.name));
}
