/** The workspace: the folder with `mwpipe.yaml`, and what that file says. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { BASE_PATTERN } from './base-policy.ts';
import { fail, ok, type Outcome } from './outcome.ts';
import { readYaml, type YamlDocument } from './yaml-document.ts';

const targetSchema = z.strictObject({
  /** Where releases live: containers of this machine's Docker engine. */
  kind: z.literal('docker'),
  /** Extension set whose lockfile is deployed. */
  set: z.string(),
  /** Overlays of `config-overlays/`, in the order in which they stack. */
  overlays: z.array(z.string()).min(1),
  /** Port on 127.0.0.1 where the router answers. */
  port: z.int().min(1).max(65535).default(8080),
  /** `mariadb` where two releases write at once; SQLite's lock would show. */
  database: z.enum(['sqlite', 'mariadb']).default('sqlite'),
  /** Instances in each slot. */
  instances: z.int().min(1).max(16).default(1),
  /** How traffic moves to a new release, and what makes it go back. */
  rollout: z
    .strictObject({
      /** Per cent of the traffic on the new release, step by step; the last is 100. */
      steps: z.array(z.number().gt(0).max(100)).min(1).default([5, 25, 50, 100]),
      /** Seconds that a step is observed at least and at most. */
      observe: z.strictObject({ least: z.number().min(1), most: z.number().min(1) }).default({ least: 5, most: 60 }),
      /** A release whose share of 5xx is worse than the old one's by more than this fails. */
      worse: z.number().gt(0).lt(1).default(0.01),
      /** Requests that the new release must have answered before a step can pass. */
      requests: z.int().min(1).default(20),
    })
    .prefault({}),
});

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
  /** Where images go, by the name that `--push` takes. */
  registries: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'a registry is named by a-z, 0-9 and -'), registrySchema)
    .default({}),
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
  /** Places for releases, by the name that `--to` takes. */
  targets: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'a target is named by a-z, 0-9 and -'), targetSchema),
});

export type RegistryConfig = z.output<typeof registrySchema>;
export type TargetConfig = z.output<typeof targetSchema>;
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
