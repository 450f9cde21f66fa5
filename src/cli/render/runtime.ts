/** What `mwpipe runtime` says: a row for each runtime, and what to do next. */
import { relative } from 'node:path';
import type { BuiltRuntime, ListedRuntime, LockedRuntime, OutdatedRuntime } from '../../build/index.ts';
import { short } from '../../kernel/digest.ts';
import { workingDirectory } from '../process.ts';
import type { Shown } from '../run.ts';
import { size, table } from './units.ts';

export function showRuntimes(runtimes: readonly ListedRuntime[]): Shown {
  const head = ['RUNTIME', 'BASE', 'BUILT', 'SIZE', 'PACKAGES', 'PINNED'];
  const rows = runtimes.map(({ runtime, base, built, pinned, pin, because }) => [
    runtime,
    base,
    built === undefined ? 'no' : short(built.imageId),
    built === undefined ? '' : size(built.bytes),
    pin === undefined ? '' : String(pin.packages),
    because === '' ? pinned : `${pinned} (${because})`,
  ]);
  return { text: table([head, ...rows], ''), json: runtimes };
}

export function showBuiltRuntimes(built: readonly BuiltRuntime[]): Shown {
  const rows = built.map(({ wanted: { runtime }, stored: { imageId, tag, bytes, layers } }) => {
    return { runtime: `${runtime.name}/${runtime.flavour}`, imageId, tag, bytes, layers: layers.length };
  });
  const cells = rows.map(({ runtime, imageId, bytes, layers }) => [
    runtime,
    short(imageId),
    size(bytes),
    `${layers} layers`,
  ]);
  return { text: [table(cells, ''), 'Next  mwpipe runtime lock'].join('\n'), json: rows };
}

export function showLocked(locked: readonly LockedRuntime[]): Shown {
  const rows = locked.map(({ runtime, platform, pin, state }) => [
    runtime,
    platform,
    short(pin.image),
    `${Object.keys(pin.packages).length} packages`,
    state,
  ]);
  const files = [...new Set(locked.filter(({ state }) => state !== 'same').map(({ file }) => file))];
  const next = files.length === 0 ? 'nothing moved' : `Next  git add ${files.map(shown).join(' ')}`;
  return { text: [table(rows, ''), next].join('\n'), json: locked };
}

export function showOutdatedRuntimes(
  outdated: readonly OutdatedRuntime[],
  { failWhereInsecure }: { readonly failWhereInsecure: boolean },
): Shown {
  const insecure = outdated.some(({ packages }) => packages.some(({ security }) => security));
  const text = outdated.flatMap(({ runtime, which, image, packages }) => [
    `${runtime} (${which}, ${short(image)}): ${counts(packages)}`,
    ...(packages.length === 0
      ? []
      : [
          table(
            packages.map(({ name, has, newest, security }) => [security ? 'security' : '', name, has, `→ ${newest}`]),
          ),
        ]),
  ]);
  const moved = outdated.filter(({ packages }) => packages.length > 0).map(({ runtime }) => runtime);
  const next = moved.length === 0 ? [] : [`Next  mwpipe runtime build --fresh ${moved.join(' ')}`];
  const failed = failWhereInsecure && insecure ? ({ exit: 'failed' } as const) : {};
  return { text: [...text, ...next].join('\n'), json: outdated, ...failed };
}

function counts(packages: OutdatedRuntime['packages']): string {
  if (packages.length === 0) return 'nothing outdated';
  const fixes = packages.filter(({ security }) => security).length;
  return `${packages.length} outdated, ${fixes} of them security fixes`;
}

function shown(file: string): string {
  const path = relative(workingDirectory(), file);
  return path.startsWith('..') ? file : path;
}
