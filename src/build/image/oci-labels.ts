/** OCI's own names for what an image is, beside ours: registries and scanners show these. Of the lock and the runtime alone. */
import type { Lockfile } from '../../resolve/index.ts';
import type { StoredRuntime } from '../ports.ts';

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys */
export function ociLabels(
  { set, mediawiki, components }: Lockfile,
  runtime: Pick<StoredRuntime, 'imageId' | 'tag'>,
): Record<string, string> {
  const core = components.find(({ kind }) => kind === 'core');
  const labels = {
    title: `MediaWiki ${mediawiki}, extension set ${set}`,
    version: mediawiki,
    url: 'https://www.mediawiki.org/',
    // MediaWiki's own: what else is in the image has its licences in the SBOM.
    licenses: 'GPL-2.0-or-later',
    'base.name': runtime.tag,
    // The image ID: a runtime that was built here has no manifest in a registry.
    'base.digest': runtime.imageId,
    ...(core === undefined ? {} : { source: core.url, revision: core.commit }),
  };
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [`org.opencontainers.image.${name}`, value]));
}
