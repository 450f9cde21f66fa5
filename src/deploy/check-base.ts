/** Refuses an image that stands on what the workspace doesn't allow, or that doesn't say what it stands on. */
import { isAllowedBase, parseReference } from '../kernel/base-policy.ts';
import { quote } from '../kernel/diagnostic.ts';
import type { Digest } from '../kernel/digest.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';

export type ImageLabels = Readonly<Record<string, string>>;

const BASE_NAME = 'org.opencontainers.image.base.name';
const BASE_DIGEST = 'org.opencontainers.image.base.digest';

/**
 * By what the image says of itself: this keeps mistakes from users, it doesn't find a liar.
 * @param bases `policy.bases` of mwpipe.yaml
 * @returns fails with `deploy/untrusted-base`, `deploy/unknown-base` (refused)
 */
export function checkBase(
  { image, labels }: { readonly image: string; readonly labels: ImageLabels },
  bases: readonly string[],
): Outcome<void> {
  if (labels['mwpipe.base'] === 'bootstrapped') return ok();
  const { [BASE_NAME]: name, [BASE_DIGEST]: digest } = labels;
  if (name === undefined || digest === undefined) return isOurs(labels) ? ok() : fail(unknownBase(image));
  const reference = parseReference(name);
  const stands = reference === undefined ? undefined : { ...reference, digest: digest as Digest };
  return stands !== undefined && isAllowedBase(stands, bases) ? ok() : fail(untrustedBase(image, `${name}@${digest}`));
}

/** Before images said it, every one that mwpipe built stood on the Debian archive. */
function isOurs(labels: ImageLabels): boolean {
  return labels['mwpipe.kind'] === 'image' && labels['mwpipe.lock'] !== undefined;
}

function unknownBase(image: string) {
  return {
    code: 'deploy/unknown-base',
    message: `image ${quote(image)} doesn't say what it stands on, and mwpipe didn't build it`,
    hint: `deploy what mwpipe build makes; another builder has to set the labels ${BASE_NAME} and ${BASE_DIGEST}`,
    exit: 'refused',
  } as const;
}

function untrustedBase(image: string, base: string) {
  return {
    code: 'deploy/untrusted-base',
    message: `image ${quote(image)} stands on ${quote(base)}, which this workspace doesn't allow`,
    hint: `build it on the Debian archive, or allow that image: policy: { bases: [ '${base}' ] } in mwpipe.yaml`,
    exit: 'refused',
  } as const;
}
