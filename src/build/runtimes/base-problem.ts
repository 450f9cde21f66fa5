/** What is wrong with an image that a Dockerfile stands on or copies from; the policy is the workspace's. */
import {
  allowedDigests,
  isAllowedBase,
  isAllowedRepository,
  parseReference,
  type ImageReference,
} from '../../kernel/base-policy.ts';
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';

/** What image.yaml has bootstrapped, as a Dockerfile names it. */
export const BOOTSTRAPPED = '${BASE}';

export interface BaseRules {
  /** `policy.bases` of mwpipe.yaml. */
  readonly bases: readonly string[];
  /** Whether image.yaml has a base bootstrapped. */
  readonly bootstrapped: boolean;
}

/** @param image `${BASE}`, or what stands there; undefined: it may be used */
export function baseProblem(image: string, at: SourceRange, rules: BaseRules): Diagnostic | undefined {
  if (image === BOOTSTRAPPED) return rules.bootstrapped ? undefined : noBase(at);
  const reference = parseReference(image);
  if (reference === undefined || !isAllowedRepository(reference, rules.bases)) return untrusted(image, at);
  if (isAllowedBase(reference, rules.bases)) return undefined;
  return reference.digest === undefined
    ? byTag(image, at, allowedDigests(reference, rules.bases))
    : otherDigest(reference, at, allowedDigests(reference, rules.bases));
}

function untrusted(image: string, at: SourceRange): Diagnostic {
  return {
    code: 'build/untrusted-base',
    message: `a runtime can't be made from ${quote(image)}`,
    hint:
      'write FROM ${BASE} (bootstrapped from the signed Debian archive, see image.yaml), name an earlier stage, or' +
      ' allow an image by its digest under policy: bases: of mwpipe.yaml',
    at,
    exit: 'refused',
  };
}

function byTag(image: string, at: SourceRange, known: readonly string[]): Diagnostic {
  const ask = `its digest: skopeo inspect --format '{{.Digest}}' docker://${image}`;
  return {
    code: 'build/base-by-tag',
    message: `${quote(image)} names no digest: a tag may be another image tomorrow`,
    hint: known.length === 0 ? `write ${image.replace(/:[^/]*$/, '')}@ and ${ask}` : `write ${known.join(', or ')}`,
    at,
    exit: 'refused',
  };
}

function otherDigest({ repository, digest }: ImageReference, at: SourceRange, known: readonly string[]): Diagnostic {
  return {
    code: 'build/untrusted-base',
    message: `a runtime can't be made from ${quote(`${repository}@${digest ?? ''}`)}: another digest is allowed`,
    hint: `write ${known.join(', or ')}; or allow this one under policy: bases: of mwpipe.yaml`,
    at,
    exit: 'refused',
  };
}

function noBase(at: SourceRange): Diagnostic {
  return {
    code: 'build/no-base',
    message: 'image.yaml says nothing of a base, so there is no ${BASE}',
    hint: 'write "base: { debian: trixie, variant: minbase }" there, or FROM an image that mwpipe.yaml allows',
    at,
  };
}
