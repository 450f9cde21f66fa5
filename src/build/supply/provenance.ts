/**
 * Where an image comes from: SLSA provenance v1 in an in-toto statement. https://slsa.dev/spec/v1.0/provenance
 * No clock, no machine: two that build the same image write the same statement.
 */
import { canonicalJson, digestOf, sha256 } from '../../kernel/digest.ts';
import type { LockedComponent, LockedSubmodule } from '../../resolve/index.ts';
import { withoutPatches } from '../layers/mounted-trees.ts';
import { embargoedPatches, type DescribedImage } from './described-image.ts';
import type { SupplyFacts } from './read-supply-facts.ts';
import { SBOM_TYPE } from './sbom.ts';

export const STATEMENT_TYPE = 'application/vnd.in-toto+json';
export const PROVENANCE = 'https://slsa.dev/provenance/v1';
/** What `externalParameters` mean: docs/how-to/supply-chain.md. */
const BUILD_TYPE = 'urn:mwpipe:build-type:image:1';
/** Nobody vouches for the machine: a hosted builder names itself. */
const SOME_MACHINE = 'urn:mwpipe:builder:unhosted';

export interface Provenance {
  /** URI of who ran the build and vouches for it. @default a machine that nobody vouches for */
  readonly builder?: string;
  readonly sbom: Buffer;
}

export function provenanceOf(described: DescribedImage, facts: SupplyFacts, { builder, sbom }: Provenance): Buffer {
  const { image, lock, runtime, version } = described;
  return Buffer.from(
    canonicalJson({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [
        { name: image.tag, digest: hashOf(image.manifestDigest) },
        { name: 'image-id', digest: hashOf(image.imageId) },
      ],
      predicateType: PROVENANCE,
      predicate: {
        buildDefinition: {
          buildType: BUILD_TYPE,
          externalParameters: {
            set: lock.set,
            mediawiki: lock.mediawiki,
            lock: digestOf(withoutPatches(lock)),
            runtime: runtime.name,
            ...(lock.visibility === undefined ? {} : { visibility: lock.visibility }),
          },
          resolvedDependencies: [
            ...lock.components.flatMap(componentSources),
            { name: 'runtime', uri: `docker:${runtime.image.tag}`, digest: hashOf(runtime.image.imageId) },
            ...(runtime.base === undefined ? [] : [{ name: 'runtime base', digest: hashOf(runtime.base) }]),
            ...(facts.debian?.archives ?? []).map(debianArchive),
          ],
        },
        runDetails: {
          builder: { id: builder ?? SOME_MACHINE, version: { mwpipe: version } },
          byproducts: [{ name: 'sbom', mediaType: SBOM_TYPE, digest: hashOf(sha256(sbom)) }],
        },
      },
    }),
  );
}

function componentSources(component: LockedComponent): unknown[] {
  const { name, url, ref, submodules = [], patch } = component;
  const changes = (patch?.changes ?? []).map((change) =>
    source({ ...change, name, url }, { change: `${change.change}/${change.patchset}` }),
  );
  const own = source(component, { ref, tree: component.tree, ...tree(component) });
  return [own, ...changes, ...secrets(component), ...submodules.flatMap((one) => submoduleSources(one, name))];
}

function submoduleSources(submodule: LockedSubmodule, above: string): unknown[] {
  const name = `${above}/${submodule.path}`;
  const own = source({ ...submodule, name }, { tree: submodule.tree });
  const below = (submodule.submodules ?? []).flatMap((one) => submoduleSources(one, name));
  return [own, ...secrets({ ...submodule, name }), ...below];
}

interface Source {
  readonly name: string;
  readonly url: string;
  readonly commit: string;
}

function source({ name, url, commit }: Source, annotations: Readonly<Record<string, string>>): unknown {
  return { name, uri: `git+${url}@${commit}`, digest: { gitCommit: commit }, annotations };
}

/** With changes on top that everybody may read, what they make of it; an embargoed patch's tree is told to nobody. */
function tree({ patch }: LockedComponent): { readonly patched?: string } {
  return patch === undefined || patch.security !== undefined ? {} : { patched: patch.tree };
}

function secrets(repo: Pick<LockedComponent, 'name' | 'patch'>): unknown[] {
  return embargoedPatches(repo).map((digest) => ({
    name: repo.name,
    digest: hashOf(digest),
    annotations: { kind: 'security patch' },
  }));
}

/** What apt trusted: signed indexes, whose packages the SBOM names. */
function debianArchive(archive: string): unknown {
  const [uri = '', ...suites] = archive.split(' ');
  return { name: 'debian', uri, annotations: { suites: suites.join(' ') } };
}

function hashOf(digest: string): { readonly sha256: string } {
  return { sha256: digest.replace(/^sha256:/, '') };
}
