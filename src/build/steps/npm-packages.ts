/** The packages that a package-lock.json installs, by name: whatever npm wrote it. */
import { z } from 'zod';

interface LockedDependency {
  readonly version?: string | undefined;
  readonly dependencies?: Readonly<Record<string, LockedDependency>> | undefined;
}

const dependency: z.ZodType<LockedDependency> = z.lazy(() =>
  z.object({ version: z.string().optional(), dependencies: z.record(z.string(), dependency).optional() }),
);
const lockSchema = z.object({
  /** Of npm 7 and later: by folder. */
  packages: z
    .record(
      z.string(),
      z.object({ version: z.string().optional(), name: z.string().optional(), link: z.boolean().optional() }),
    )
    .optional(),
  /** Of npm 6 and before. */
  dependencies: z.record(z.string(), dependency).optional(),
});

/** Versions sorted by text; undefined where it is no lock of npm. */
export function npmPackages(text: string): Readonly<Record<string, readonly string[]>> | undefined {
  const lock = lockSchema.safeParse(parsed(text)).data;
  if (lock?.packages === undefined && lock?.dependencies === undefined) return undefined;
  const found = lock.packages === undefined ? byName(lock.dependencies ?? {}) : byFolder(lock.packages);
  const versions = new Map<string, Set<string>>();
  for (const { name, version } of found) versions.set(name, new Set([...(versions.get(name) ?? []), version]));
  const sorted = [...versions].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, all]) => [name, [...all].sort()]));
}

interface Found {
  readonly name: string;
  readonly version: string;
}

/** `node_modules/a/node_modules/@b/c` installs `@b/c`, or, for an alias, what its name says. */
function byFolder(packages: NonNullable<z.output<typeof lockSchema>['packages']>): Found[] {
  return Object.entries(packages).flatMap(([folder, { version, name, link }]) => {
    const installed = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(folder)?.[1];
    if (installed === undefined || version === undefined || link === true) return [];
    return [{ name: name ?? installed, version }];
  });
}

function byName(dependencies: Readonly<Record<string, LockedDependency>>): Found[] {
  return Object.entries(dependencies).flatMap(([name, { version, dependencies: inner = {} }]) => [
    ...(version === undefined ? [] : [{ name, version }]),
    ...byName(inner),
  ]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
