/** Parts of a bill of materials that are no repos of ours: libraries that a tree carries, the runtime and its packages. */
import type { DebianFacts } from './debian-packages.ts';
import type { DescribedImage } from './described-image.ts';
import { licencesOf } from './licences.ts';
import type { Package } from './packages.ts';
import { debianPurl } from './purl.ts';
import type { TreeFacts } from './read-supply-facts.ts';

export interface Part {
  readonly ref: string;
  readonly component: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
  readonly inside: readonly Part[];
}

/** The same package at the same version, twice in a list, is one. Sorted, since lists of others may come in any order. */
export function packageParts(owner: string, packages: TreeFacts['packages']): Part[] {
  const lists = Map.groupBy(packages, ({ from }) => from);
  return [...lists].flatMap(([from, list]) => {
    const refOf = (one: Package): string => `${owner}/${from}#${one.name}@${one.version}`;
    const byName = Map.groupBy(list, ({ name }) => name);
    const unique = new Map(list.map((one) => [refOf(one), one]));
    return [...unique]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([ref, one]) => {
        const required = one.requires.flatMap((name) => byName.get(name)?.map(refOf) ?? []);
        return { ref, component: packageComponent(one), dependsOn: [...new Set(required)], inside: [] };
      });
  });
}

function packageComponent({ name, version, purl, licences, url, hash }: Package) {
  const known = licencesOf(licences);
  return {
    type: 'library',
    name,
    ...(version === '' ? {} : { version }),
    ...(purl === undefined ? {} : { purl }),
    ...(known.length === 0 ? {} : { licenses: known }),
    ...(hash === undefined ? {} : { hashes: [hash] }),
    ...(url === undefined || !isUri(url) ? {} : { externalReferences: [{ type: 'distribution', url }] }),
  };
}

export function runtimePart({ name, image }: DescribedImage['runtime'], debian: DebianFacts | undefined): Part {
  const packages = debian?.packages.map((one) => debianPart(one, debian.distro)) ?? [];
  const ref = `runtime/${name}`;
  return {
    ref,
    component: {
      type: 'platform',
      name,
      version: image.tag.split(':').at(-1) ?? '',
      ...(debian === undefined ? {} : { description: debian.title }),
      properties: [{ name: 'mwpipe:image-id', value: image.imageId }],
    },
    dependsOn: packages.map((part) => part.ref),
    inside: packages,
  };
}

function debianPart({ name, version, architecture, source }: DebianFacts['packages'][number], distro: string): Part {
  const purl = debianPurl({ name, version, architecture, distro });
  const properties = source === name ? {} : { properties: [{ name: 'mwpipe:debian-source', value: source }] };
  return { ref: purl, component: { type: 'library', name, version, purl, ...properties }, dependsOn: [], inside: [] };
}

/** CycloneDX takes an IRI reference; what others typed may be anything. */
function isUri(text: string): boolean {
  return /^(https?|git|ssh):\/\/[^\s"<>\\^`{|}]+$/.test(text);
}
