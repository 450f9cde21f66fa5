/**
 * What lists of packages say that came with the code: Composer's `installed.json`, npm's lock, MediaWiki's
 * `foreign-resources.yaml`. Their authors are others: what can't be read is told, and never believed half.
 */
import { z } from 'zod';
import { composerPurl, npmPurl } from './purl.ts';

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly licences: readonly string[];
  /** Where its source is, or where it was got from. */
  readonly url?: string;
  /** Hash of the archive, as the list has it. */
  readonly hash?: { readonly alg: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'; readonly content: string };
  /** Names of packages of the same list. */
  readonly requires: readonly string[];
}

/** undefined: not such a list. */
type ReadPackages = (document: unknown) => readonly Package[] | undefined;

const words = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const licence = words.catch([]);

const installedSchema = z.object({
  packages: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      license: licence.default([]),
      source: z.object({ url: z.string() }).optional().catch(undefined),
      dist: z.object({ shasum: z.string().optional() }).optional().catch(undefined),
      require: z.record(z.string(), z.unknown()).catch({}).default({}),
    }),
  ),
});

/** Composer's, version 2; version 1 was the bare list. */
export const composerPackages: ReadPackages = (document) => {
  const parsed = installedSchema.safeParse(Array.isArray(document) ? { packages: document as unknown } : document);
  return parsed.data?.packages.map(({ name, version, license, source, dist, require }) => {
    const shasum = dist?.shasum ?? '';
    return {
      ...{ name, version, licences: license, requires: Object.keys(require) },
      purl: composerPurl(name, version),
      ...(source === undefined ? {} : { url: source.url }),
      ...(/^[0-9a-f]{40}$/.test(shasum) ? { hash: { alg: 'SHA-1' as const, content: shasum } } : {}),
    };
  });
};

const npmLockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      version: z.string().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      license: licence.default([]),
      dev: z.boolean().optional(),
      link: z.boolean().optional(),
      dependencies: z.record(z.string(), z.unknown()).catch({}).default({}),
    }),
  ),
});

/** npm's lock from version 2 on. What is for developers only isn't in an image, and is left out. */
export const npmPackages: ReadPackages = (document) => {
  const parsed = npmLockSchema.safeParse(document);
  if (parsed.data === undefined) return undefined;
  return Object.entries(parsed.data.packages).flatMap(([path, one]) => {
    const name = one.name ?? path.split('node_modules/').at(-1) ?? '';
    if (!path.includes('node_modules/') || one.dev === true || one.link === true || one.version === undefined)
      return [];
    const hash = hashOf(one.integrity);
    return [
      {
        ...{ name, version: one.version, licences: one.license, requires: Object.keys(one.dependencies) },
        purl: npmPurl(name, one.version),
        ...(one.resolved === undefined ? {} : { url: one.resolved }),
        ...(hash === undefined ? {} : { hash }),
      },
    ];
  });
};

const foreignSchema = z.record(
  z.string(),
  z.object({
    version: z.union([z.string(), z.number()]).optional(),
    license: licence.default([]),
    purl: z.string().startsWith('pkg:').optional().catch(undefined),
    src: z.string().optional(),
    homepage: z.string().optional(),
    integrity: z.string().optional(),
  }),
);

/** The JavaScript libraries that MediaWiki and extensions carry in their trees. */
export const foreignPackages: ReadPackages = (document) => {
  const parsed = foreignSchema.safeParse(document);
  if (parsed.data === undefined) return undefined;
  return Object.entries(parsed.data).map(([name, one]) => {
    const hash = hashOf(one.integrity);
    const url = one.src ?? one.homepage;
    return {
      ...{ name, version: String(one.version ?? ''), licences: one.license, requires: [] },
      ...(one.purl === undefined ? {} : { purl: one.purl }),
      ...(url === undefined ? {} : { url }),
      ...(hash === undefined ? {} : { hash }),
    };
  });
};

const ALGORITHMS = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const;

/** Of Subresource Integrity, base64 after the name of the algorithm. */
function hashOf(integrity = ''): Package['hash'] | undefined {
  const [, name = '', base64 = ''] = /^(sha(?:1|256|384|512))-([A-Za-z0-9+/]+=*)$/.exec(integrity.trim()) ?? [];
  const alg = (ALGORITHMS as Readonly<Record<string, (typeof ALGORITHMS)[keyof typeof ALGORITHMS]>>)[name];
  const content = Buffer.from(base64, 'base64').toString('hex');
  const digits = { 'SHA-1': 40, 'SHA-256': 64, 'SHA-384': 96, 'SHA-512': 128 };
  return alg === undefined || content.length !== digits[alg] ? undefined : { alg, content };
}
