/**
 * The image's bill of materials: CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/. Made from the lock, not by scanning,
 * so that it names commits. No clock and no chance in it: the same image, the same bytes.
 */
import { canonicalJson, type Digest } from '../../kernel/digest.ts';
import type { LockedComponent, LockedSubmodule } from '../../resolve/index.ts';
import { CREATED } from '../image/image-config.ts';
import { embargoedPatches, type DescribedImage } from './described-image.ts';
import { licencesOf } from './licences.ts';
import { gitPurl } from './purl.ts';
import type { SupplyFacts, TreeFacts } from './read-supply-facts.ts';
import { packageParts, runtimePart, type Part } from './sbom-parts.ts';

export const SBOM_TYPE = 'application/vnd.cyclonedx+json';

export function sbomOf(described: DescribedImage, facts: SupplyFacts): Buffer {
  const { lock, image, version, runtime } = described;
  const parts = lock.components.map((component) => componentPart(component, { lock: lock.components, facts }));
  const base = runtimePart(runtime, facts.debian);
  const top = { ref: 'image', dependsOn: [...parts, base].map(({ ref }) => ref) };
  const everything = [...parts, base].flatMap(flatten);
  return Buffer.from(
    `${canonicalJson({
      $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      serialNumber: serialNumber(image.manifestDigest),
      version: 1,
      metadata: {
        timestamp: CREATED,
        lifecycles: [{ phase: 'build' }],
        tools: { components: [{ type: 'application', name: 'mwpipe', version }] },
        component: imageItself(described),
        ...(lock.visibility === undefined ? {} : { properties: [property('visibility', lock.visibility)] }),
      },
      components: everything.map(({ ref, component }) => ({ ...component, 'bom-ref': ref })),
      dependencies: [top, ...everything].map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.toSorted() })),
    })}\n`,
  );
}

/** A UUID of version 8, which is whatever its maker says: here the digest's first bits. */
function serialNumber(digest: Digest): string {
  const hex = digest.slice('sha256:'.length);
  const variant = (8 + (Number.parseInt(hex.charAt(16), 16) % 4)).toString(16);
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, variant + hex.slice(17, 20)];
  return `urn:uuid:${[...groups, hex.slice(20, 32)].join('-')}`;
}

function imageItself({ image, lock }: DescribedImage): unknown {
  const [repository = image.tag, tag = ''] = image.tag.split(':');
  const name = repository.split('/').at(-1) ?? repository;
  return {
    'bom-ref': 'image',
    type: 'container',
    name: repository,
    version: lock.mediawiki,
    purl: `pkg:oci/${name}@${encodeURIComponent(image.manifestDigest)}?tag=${tag}`,
    properties: [
      property('set', lock.set),
      property('image-id', image.imageId),
      property('manifest', image.manifestDigest),
    ],
  };
}

interface Around {
  readonly lock: readonly LockedComponent[];
  readonly facts: SupplyFacts;
}

function componentPart(component: LockedComponent, { lock, facts }: Around): Part {
  const ref = `component/${component.name}`;
  const submodules = (component.submodules ?? []).map((one) => submodulePart(one, { name: component.name, facts }));
  const packages = packageParts(ref, facts.trees.get(component.name)?.packages ?? []);
  return {
    ref,
    component: {
      type: component.kind === 'core' ? 'application' : 'library',
      name: component.registered ?? component.name,
      version: component.version ?? component.commit,
      ...repoFacts(component, facts.trees.get(component.name)),
    },
    dependsOn: [...requiredRefs(component, lock), ...[...submodules, ...packages].map((part) => part.ref)],
    inside: [...submodules, ...packages],
  };
}

function submodulePart(
  { submodules = [], ...submodule }: LockedSubmodule,
  { name, facts }: { readonly name: string; readonly facts: SupplyFacts },
): Part {
  const own = `${name}/${submodule.path}`;
  const ref = `component/${own}`;
  const below = submodules.map((one) => submodulePart(one, { name: own, facts }));
  const packages = packageParts(ref, facts.trees.get(own)?.packages ?? []);
  return {
    ref,
    component: {
      type: 'library',
      name: own,
      version: submodule.commit,
      ...repoFacts({ ...submodule, name: own }, facts.trees.get(own)),
    },
    dependsOn: [...below, ...packages].map((part) => part.ref),
    inside: [...below, ...packages],
  };
}

type Repo = Pick<LockedComponent, 'name' | 'url' | 'commit' | 'tree' | 'patch'> & Partial<LockedComponent>;

function repoFacts(repo: Repo, tree: TreeFacts | undefined) {
  const licences = licencesOf(tree?.licences ?? []);
  const isSha1 = repo.commit.length === 40;
  return {
    purl: gitPurl(repo),
    ...(licences.length === 0 ? {} : { licenses: licences }),
    ...(isSha1 ? { swhid: [`swh:1:rev:${repo.commit}`, `swh:1:dir:${repo.tree}`] } : {}),
    externalReferences: [{ type: 'vcs', url: repo.url }],
    pedigree: { commits: [{ uid: repo.commit, url: repo.url }] },
    properties: [
      property('commit', repo.commit),
      property('tree', repo.tree),
      ...(repo.ref === undefined ? [] : [property('ref', repo.ref)]),
      ...(repo.path === undefined ? [] : [property('path', repo.path)]),
      ...patchFacts(repo),
    ],
  };
}

/** Of embargoed patches the digest alone, as the lock has it: not even the tree that they make, nor what they are for. */
function patchFacts(repo: Repo) {
  const { patch } = repo;
  if (patch === undefined) return [];
  const secrets = embargoedPatches(repo);
  return [
    ...(secrets.length === 0 ? [property('patched-tree', patch.tree)] : []),
    ...(patch.changes ?? []).map(({ change, patchset, commit }) =>
      property('change', `${change}/${patchset} ${commit}`),
    ),
    ...secrets.map((digest) => property('security-patch', digest)),
  ];
}

/** Who registers the names that it requires; what needs a MediaWiki needs core. */
function requiredRefs({ requires, kind }: LockedComponent, lock: readonly LockedComponent[]): string[] {
  const names = Object.keys({ ...requires?.extensions, ...requires?.skins });
  const found = names.flatMap((name) =>
    lock.filter(({ registered, also = [] }) => registered === name || also.some((one) => one.registered === name)),
  );
  const core = kind === 'core' || kind === 'vendor' ? [] : lock.filter((other) => other.kind === 'core');
  const vendor = kind === 'core' ? lock.filter((other) => other.kind === 'vendor') : [];
  return [...new Set([...core, ...vendor, ...found].map(({ name }) => `component/${name}`))];
}

function property(name: string, value: string) {
  return { name: `mwpipe:${name}`, value };
}

function flatten(part: Part): Part[] {
  return [part, ...part.inside.flatMap(flatten)];
}
