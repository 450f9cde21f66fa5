/** The workspace: the folder with `mwpipe.yaml`, and what that file says. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { BASE_PATTERN } from './base-policy.ts';
import { fail, ok, type Outcome } from './outcome.ts';
import { targetSchema } from './target-config.ts';
import { readYaml, type YamlDocument } from './yaml-document.ts';

const registrySchema = z.strictObject({
  /** Where images go, and are pulled from: `host[:port]/path`. */
  repository: z
    .string()
    .regex(
      /^[a-zA-Z0-9.-]+(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/,
      'a repository is host[:port]/path, as registry.example.org/mediawiki/wiki',
    ),
  /** Only your own can read it: images with patches under embargo may go there. */
  private: z.boolean().default(false),
  /** Plain HTTP to this host; to 127.0.0.1 it is always allowed. */
  insecure: z.boolean().default(false),
  /** `read`: what was pushed is read back and hashed, for storage that has lied before. */
  verify: z.enum(['length', 'read']).default('length'),
  /** Else that of `docker login`. */
  login: z
    .strictObject({
      user: z.string().min(1),
      /** The environment variable that holds the password. */
      secret: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'this is the name of an environment variable'),
    })
    .exactOptional(),
});

const languageCode = z.string().regex(/^[a-z][a-z0-9-]*$/, 'a language code has a-z, 0-9 and -: de, zh-hant');

const localisationSchema = z.strictObject({
  /** `all` languages that MediaWiki has, or a list of codes. */
  languages: z.union([z.literal('all'), z.array(languageCode).min(1)]),
  /**
   * Languages that are read most, the first one first: PHP arrays, which opcache keeps, as far as its memory goes. The
   * others are CDB files. Without it: those of `languages`, and `en` of `all`.
   */
  hot: z.array(languageCode).exactOptional(),
  /** MiB of opcache's memory (192 in all) that hot languages may take: about 4.2 each with 33 extensions. */
  opcache: z.int().min(0).max(4096).default(48),
});

const workspaceSchema = z.strictObject({
  /** Of this file's format. */
  version: z.literal(1),
  /** Where to fetch from instead, as git's `insteadOf`; `{cache}` is mwpipe's cache folder. */
  mirrors: z.array(z.strictObject({ from: z.string(), to: z.string() })).default([]),
  /** Security patches that are not public yet. */
  security: z
    .strictObject({
      /** Folder of the private patch tree: `VERSION/core/NN-TNNN.patch`; relative to this file. */
      patches: z.string(),
    })
    .exactOptional(),
  /** What is refused, wherever it is tried. */
  policy: z
    .strictObject({
      /**
       * Images that runtimes may stand on: `registry.example/debian@sha256:...`, or all below a path as
       * `registry.example/base/*`. Anything from the signed Debian archive is allowed besides.
       */
      bases: z
        .array(z.string().regex(BASE_PATTERN, 'is neither an image by digest nor a path that ends with /*'))
        .default([]),
    })
    .prefault({}),
  /** Where images go, by the name that `--push` takes. */
  registries: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'a registry is named by a-z, 0-9 and -'), registrySchema)
    .default({}),
  /** Messages that are made once and go into the image; without it each container makes its own when they are asked for. */
  localisation: localisationSchema.exactOptional(),
  /** Places for releases, by the name that `--to` takes. */
  targets: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'a target is named by a-z, 0-9 and -'), targetSchema),
});

export type RegistryConfig = z.output<typeof registrySchema>;
export type LocalisationConfig = z.output<typeof localisationSchema>;
type WorkspaceConfig = z.output<typeof workspaceSchema>;

export interface Workspace {
  readonly root: string;
  readonly cache: string;
  readonly document: YamlDocument<WorkspaceConfig>;
}

const WORKSPACE_FILE = 'mwpipe.yaml';
export { workspaceSchema };

/** Finds the workspace at or above `from`, or takes `fallback` (the checkout that mwpipe runs from). */
export async function openWorkspace(options: {
  readonly from: string;
  readonly fallback?: string;
  readonly cache: string;
}): Promise<Outcome<Workspace>> {
  const root = findUp(options.from) ?? (options.fallback === undefined ? undefined : findUp(options.fallback));
  if (root === undefined) {
    return fail({
      code: 'workspace/not-found',
      message: `no ${WORKSPACE_FILE} in ${options.from} or above it`,
      hint: 'change into a workspace, or name one with --workspace DIR',
    });
  }
  const document = await readYaml(join(root, WORKSPACE_FILE), workspaceSchema);
  return document.ok ? ok({ root, cache: options.cache, document: document.value }) : document;
}

function findUp(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, WORKSPACE_FILE))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
