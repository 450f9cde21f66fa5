/**
 * What an image may stand on: images that `policy.bases` of mwpipe.yaml lists, by digest, and what mwpipe bootstraps from
 * the signed Debian archive. Asked where a runtime is built and again where an image is deployed.
 */
import type { Digest } from './digest.ts';

export interface ImageReference {
  /** With its registry, as engines complete it: `docker.io/library/debian` for `debian`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** One image, or all below a path: `registry.example/debian@sha256:...`, `registry.example/base/*`. */
export const BASE_PATTERN = /^[a-z0-9][^\s@*]*(@sha256:[0-9a-f]{64}|\/\*)$/;

const REFERENCE = /^([a-z0-9][a-z0-9._:/-]*?)(?::([A-Za-z0-9_][\w.-]*))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** `host:port/path:tag@digest`; undefined for what no engine would take. */
export function parseReference(text: string): ImageReference | undefined {
  const [, name = '', tag, digest] = REFERENCE.exec(text) ?? [];
  if (name === '' || /[:/]$/.test(name)) return undefined;
  return {
    repository: withRegistry(name),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest: digest as Digest }),
  };
}

/** Whether the list has this very image; one without a digest is never in it, since a tag moves. */
export function isAllowedBase({ repository, digest }: ImageReference, bases: readonly string[]): boolean {
  return digest !== undefined && bases.some((base) => covers(base, { repository, digest }));
}

/** Digests that the list names for an image's repository. */
export function allowedDigests({ repository }: ImageReference, bases: readonly string[]): string[] {
  return bases.filter((base) => parseReference(base)?.repository === repository);
}

/** Whether some image of this repository is in the list. */
export function isAllowedRepository({ repository }: ImageReference, bases: readonly string[]): boolean {
  return bases.some((base) => isBelow(base, repository) || parseReference(base)?.repository === repository);
}

function covers(base: string, { repository, digest }: { repository: string; digest: Digest }): boolean {
  const exact = parseReference(base);
  return isBelow(base, repository) || (exact?.repository === repository && exact.digest === digest);
}

function isBelow(base: string, repository: string): boolean {
  return base.endsWith('/*') && repository.startsWith(withRegistry(base.slice(0, -1)));
}

/** A first part with a dot or a port, and `localhost`, is a registry; what has none is Docker Hub's. */
function withRegistry(name: string): string {
  const [first = '', ...rest] = name.split('/');
  if (rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')) return name;
  return rest.length === 0 ? `docker.io/library/${name}` : `docker.io/${name}`;
}
