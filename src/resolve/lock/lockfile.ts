/** `extension-sets/NAME.lock.yaml`: for each component of a set where it comes from and which commit and tree it is. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { buildChoiceSchema, type BuildChoice } from '../../kernel/build-steps.ts';
import { quote } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { parseYaml } from '../../kernel/yaml-document.ts';

/** What extension.json or skin.json asks for, in its own words. */
export interface Requirements {
  readonly MediaWiki?: string;
  /** `php`, `ext-intl`, `ability-shell`. */
  readonly platform?: Readonly<Record<string, string | boolean>>;
  readonly extensions?: Readonly<Record<string, string>>;
  readonly skins?: Readonly<Record<string, string>>;
}

export type ComponentKind = 'core' | 'vendor' | 'extension' | 'skin' | 'library';

/** A repo inside a component, at the commit that the component's tree names. */
export interface LockedSubmodule {
  /** Below the component: `lib/ve`. */
  readonly path: string;
  readonly url: string;
  readonly commit: string;
  readonly tree: string;
  readonly submodules?: readonly LockedSubmodule[];
  /** What was put on top of the commit; only a private lock has one. */
  readonly patch?: ComponentPatch;
}

/** A security patch: enough for its owners to know it again, nothing for others. */
export interface LockedSecurityPatch {
  /** sha256 of its file. */
  readonly digest: string;
  /** It changed nothing: the code had it. */
  readonly already?: true;
}

/** A change under review, as it was taken: enough for anyone to take it again. */
export interface LockedChange {
  /** Gerrit's number, and which of its patchsets. */
  readonly change: number;
  readonly patchset: number;
  /** Change-Id of its commit message. */
  readonly id: string;
  /** `refs/changes/23/1099123/3` of the component's url. */
  readonly ref: string;
  readonly commit: string;
  /** `asked for`, or the change that depends on it. */
  readonly because: string;
}

/** What one extension.json or skin.json registers. */
interface Registration {
  /** Inside the component: `extension-repo.json`, `FancyCaptcha/extension.json`. */
  readonly file: string;
  readonly registered?: string;
  readonly version?: string;
  readonly requires?: Requirements;
}

export interface ComponentPatch {
  /** The component with everything on top. */
  readonly tree: string;
  readonly because: string;
  /** Folder of a work tree: only this machine has it, so it never stands in the file. */
  readonly from?: string;
  /** In the order in which they were applied. */
  readonly changes?: readonly LockedChange[];
  /** Embargoed, on top of all others, in the order in which they were applied. */
  readonly security?: readonly LockedSecurityPatch[];
}

export interface LockedComponent {
  /** As the set lists it: `core`, `vendor`, `Cite`, `skins/Vector`. */
  readonly name: string;
  readonly kind: ComponentKind;
  /** Where it is mounted in core's tree: '', 'vendor', 'extensions/Cite', 'skins/Vector'. */
  readonly path: string;
  /** Canonical; `mirrors` of mwpipe.yaml says where to fetch it from. */
  readonly url: string;
  /** `refs/heads/wmf/1.43.0-wmf.1`, `refs/tags/1.0`, or the commit itself where a commit is pinned. */
  readonly ref: string;
  /** Why it isn't the first branch of the policy. */
  readonly fallback?: string;
  readonly commit: string;
  readonly tree: string;
  /** From extension.json, skin.json or core's MW_VERSION. */
  readonly version?: string;
  /** The name that extension.json registers, by which others require it. */
  readonly registered?: string;
  readonly requires?: Requirements;
  /** The file that says so, where it isn't extension.json or skin.json. */
  readonly manifest?: string;
  /** What further files register: ConfirmEdit's captchas, Wikibase's repository beside its client. */
  readonly also?: readonly Registration[];
  /** Its build steps, where the set says any: nothing else decides what an image is made of. */
  readonly build?: BuildChoice;
  readonly submodules?: readonly LockedSubmodule[];
  /** What was put on top of the commit. */
  readonly patch?: ComponentPatch;
}

export interface Lockfile {
  readonly schema: 'mwpipe.lock/2';
  readonly set: string;
  /** MW_VERSION of core. */
  readonly mediawiki: string;
  /** It has embargoed patches, and so stays with those who may know them. @default 'public' */
  readonly visibility?: 'private';
  /** Folder of the private patch tree that they were taken from: `1.43.0-wmf.2`, `next`. */
  readonly security?: string;
  /** Order: core, vendor, skins, extensions, libraries; each by name. */
  readonly components: readonly LockedComponent[];
}

const SCHEMA = 'mwpipe.lock/2';
const objectId = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'is no git object id');
const constraints = z.record(z.string(), z.string());

export const requirementsSchema = z.strictObject({
  MediaWiki: z.string().exactOptional(),
  platform: z.record(z.string(), z.union([z.string(), z.boolean()])).exactOptional(),
  extensions: constraints.exactOptional(),
  skins: constraints.exactOptional(),
});

const inside = z.string().regex(/^$|^(?!\/)(?!.*(^|\/)\.\.?(\/|$))/, 'leaves the tree');

const submoduleSchema = z.strictObject({
  path: inside,
  url: z.string(),
  commit: objectId,
  tree: objectId,
  get submodules() {
    return z.array(submoduleSchema).exactOptional();
  },
  get patch() {
    return patchSchema.exactOptional();
  },
});

const registrationSchema = z.strictObject({
  file: inside,
  registered: z.string().exactOptional(),
  version: z.string().exactOptional(),
  requires: requirementsSchema.exactOptional(),
});

const changeSchema = z.strictObject({
  change: z.int().positive(),
  patchset: z.int().positive(),
  id: z.string(),
  ref: z.string().regex(/^refs\/changes\/\d\d\/\d+\/\d+$/, 'is no ref of a change'),
  commit: objectId,
  because: z.string(),
});

const securitySchema = z.strictObject({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is no sha256'),
  already: z.literal(true).exactOptional(),
});

const patchSchema = z.strictObject({
  tree: objectId,
  because: z.string(),
  changes: z.array(changeSchema).exactOptional(),
  security: z.array(securitySchema).exactOptional(),
});

/** What /1 lacks is optional in /2, so one schema reads both. */
const lockfileSchema = z.strictObject({
  schema: z.enum(['mwpipe.lock/1', SCHEMA]).transform((): typeof SCHEMA => SCHEMA),
  set: z.string(),
  mediawiki: z.string(),
  visibility: z.literal('private').exactOptional(),
  security: z.string().exactOptional(),
  components: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.enum(['core', 'vendor', 'extension', 'skin', 'library']),
      path: inside,
      url: z.string(),
      ref: z.string(),
      fallback: z.string().exactOptional(),
      commit: objectId,
      tree: objectId,
      version: z.string().exactOptional(),
      registered: z.string().exactOptional(),
      requires: requirementsSchema.exactOptional(),
      manifest: inside.exactOptional(),
      also: z.array(registrationSchema).exactOptional(),
      build: buildChoiceSchema.exactOptional(),
      submodules: z.array(submoduleSchema).exactOptional(),
      patch: patchSchema.exactOptional(),
    }),
  ),
});

const schemaOnly = z.object({ schema: z.string() });

/** `extension-sets/NAME.lock.yaml` of the workspace in `root`; a private lock stands beside it. */
export function lockFile(root: string, set: string, visibility: 'public' | 'private' = 'public'): string {
  return join(root, 'extension-sets', `${set}${visibility === 'private' ? '.private' : ''}.lock.yaml`);
}

/** Fails with `yaml/*`, and with `lock/newer-schema` for a file that a newer mwpipe wrote. */
export function parseLockfile(file: string, text: string): Outcome<Lockfile> {
  const document = parseYaml(file, text, lockfileSchema);
  if (document.ok) return ok(document.value.value);
  const header = parseYaml(file, text, schemaOnly);
  if (!header.ok) return header;
  const [name, version] = header.value.value.schema.split('/');
  if (name === 'mwpipe.lock' && Number(version) > 2) {
    return fail({
      code: 'lock/newer-schema',
      message: `the lock has schema ${quote(header.value.value.schema)}, this mwpipe reads up to ${quote(SCHEMA)}`,
      hint: 'update mwpipe, or write the lock again with this one: mwpipe resolve',
      at: header.value.at(['schema']),
      exit: 'input',
    });
  }
  return document;
}

/** What was a lock when it was kept; undefined where this version reads it in another way. */
export function checkLockfile(document: unknown): Lockfile | undefined {
  return document === undefined ? undefined : lockfileSchema.safeParse(document).data;
}

const MEMBERS = ['name', 'kind', 'path', 'url', 'ref', 'fallback', 'commit', 'tree', 'version', 'registered'] as const;

/** The same lock, the same bytes: fixed order of keys, one line a value, so that a train's diff is what moved. */
export function formatLockfile(lock: Lockfile): string {
  const components = lock.components.map((component) => ({
    ...Object.fromEntries(MEMBERS.flatMap((key) => (component[key] === undefined ? [] : [[key, component[key]]]))),
    ...(component.requires === undefined ? {} : { requires: component.requires }),
    ...(component.manifest === undefined ? {} : { manifest: component.manifest }),
    ...(component.also === undefined ? {} : { also: component.also }),
    ...(component.build === undefined ? {} : { build: component.build }),
    ...(component.submodules === undefined ? {} : { submodules: component.submodules }),
    ...(component.patch === undefined || component.patch.from !== undefined ? {} : { patch: component.patch }),
  }));
  const isPrivate = lock.visibility === 'private';
  const comment = isPrivate
    ? `# Written by \`mwpipe resolve ${lock.set} --security\`. PRIVATE: holds embargoed patches, never commit it.\n`
    : `# Written by \`mwpipe resolve ${lock.set}\`: don't edit, commit it.\n`;
  const head = {
    ...{ schema: lock.schema, set: lock.set, mediawiki: lock.mediawiki },
    ...(lock.visibility === undefined ? {} : { visibility: lock.visibility }),
    ...(lock.security === undefined ? {} : { security: lock.security }),
  };
  return comment + stringify({ ...head, components }, { lineWidth: 0 });
}
