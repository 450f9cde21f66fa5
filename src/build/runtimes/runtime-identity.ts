/** What a runtime is known by: its key here, the key of its definition everywhere, and what it stands on. */
import { parseReference } from '../../kernel/base-policy.ts';
import { digestOf, sha256, short, type Digest } from '../../kernel/digest.ts';
import type { BaseImage, RuntimeIdentity } from '../ports.ts';
import type { RuntimeBase } from '../runtime-ports.ts';
import type { RuntimeDefinition } from './runtime-definition.ts';

/** `images/<name>/`, and which of its flavours; `web` and `test` for php82, `plain` for those with one. */
export interface RuntimeName {
  readonly name: string;
  readonly flavour: string;
}

/** `php82/web` */
export function runtimeTitle({ name, flavour }: RuntimeName): string {
  return `${name}/${flavour}`;
}

/** What is built here, on the base that is here. */
export function identityOf(
  { name, flavour }: RuntimeName,
  definition: RuntimeDefinition,
  base: BaseImage | undefined,
): RuntimeIdentity {
  const key = digestOf({ format: 1, base: base?.digest ?? 'none', ...contentOf(definition) });
  return { key, tag: runtimeTag({ name, flavour }, key) };
}

export function runtimeTag({ name, flavour }: RuntimeName, digest: Digest): string {
  return `mwpipe/runtime-${name}:${flavour}-${short(digest)}`;
}

/** The same on every machine: two bases bootstrapped on two days differ, what was asked for doesn't. */
export function definitionKey(definition: RuntimeDefinition): Digest {
  return digestOf({ format: 1, base: definition.base ?? 'none', ...contentOf(definition) });
}

/** Not its name, so that a copied definition builds nothing. */
function contentOf({ stages, files }: RuntimeDefinition) {
  return {
    stages: stages.map((stage) => stage.text),
    files: files.map(({ path, executable, data }) => ({ path, executable, digest: sha256(data) })),
  };
}

/** undefined where the base isn't known here. */
export function runtimeBaseOf(
  { base: spec, from }: RuntimeDefinition,
  base: BaseImage | undefined,
): (RuntimeBase & { readonly released?: string }) | undefined {
  if (from !== undefined) {
    const { repository = from, digest } = parseReference(from) ?? {};
    return digest === undefined ? undefined : { name: repository, digest, kind: 'image' };
  }
  if (spec === undefined || base === undefined) return undefined;
  const released = base.released === undefined ? {} : { released: base.released };
  return { name: `debian:${spec.debian}`, digest: base.digest, kind: 'bootstrapped', ...released };
}

/**
 * What images say of their base: https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md
 * A bootstrapped one is on no registry, so a word of ours says what its name means.
 */
export function baseLabels(base: RuntimeBase | undefined): Readonly<Record<string, string>> {
  if (base === undefined) return {};
  return {
    'org.opencontainers.image.base.name': base.name,
    'org.opencontainers.image.base.digest': base.digest,
    ...(base.kind === 'bootstrapped' ? { 'mwpipe.base': 'bootstrapped' } : {}),
  };
}
