/**
 * Images: one changed extension, from nothing to a registry, what assembling costs, a year of weekly trains; each beside
 * what is used today (BuildKit, the classic builder, buildah, a layer a deploy), on the real 337 MB tree.
 */
import { parseArgs } from 'node:util';
import { coldBuilds } from './build/cold.ts';
import { measureLocalisation } from './localisation/measure-localisation.ts';
import { oneExtension } from './build/one-extension.ts';
import { buildWorld, removeWorld, say } from './build/world.ts';
import { year } from './build/year.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
const wants = (part: string): boolean => values.only === '' || values.only.split(',').includes(part);

const world = await buildWorld();
try {
  say(`tree, workspace and checkout in ${world.folder}`);
  const one = wants('one') ? await oneExtension(world, values.quick ? 3 : 5) : undefined;
  const cold = wants('cold') ? await coldBuilds(world, values.quick ? 1 : 3) : undefined;
  const weeks = wants('year') ? await year(world, values.quick ? 13 : 52) : undefined;
  const messages = wants('l10n') ? await measureLocalisation({ quick: false, say }) : undefined;
  const best = Math.min(cold?.ms['buildkit'] ?? Infinity, cold?.ms['buildah'] ?? Infinity);
  const ratios = {
    ...(one === undefined
      ? {}
      : {
          one_extension_speedup: ratio(one.ms.buildkit, one.ms.mwpipe),
          one_extension_speedup_classic: ratio(one.ms.classic, one.ms.mwpipe),
          bytes_written_ratio: ratio(one.writtenBytes, one.componentBytes),
        }),
    ...(cold === undefined
      ? {}
      : {
          cold_build_push_ratio: ratio(cold.ms['mwpipe'] ?? 0, best),
          assembly_cpu_ratio: ratio(cold.cpuSeconds.mwpipe, cold.cpuSeconds.bound),
        }),
    ...(messages === undefined ? {} : { l10n_one_language_speedup: ratio(messages.fullMs, messages.oneLanguageMs) }),
    ...(weeks === undefined
      ? {}
      : {
          year_image_ratio: ratio(weeks.mwpipe.image, weeks.layerADeploy.image),
          year_pull_ratio: ratio(weeks.mwpipe.allPulls, weeks.layerADeploy.allPulls),
        }),
  };
  const figures = { quick: values.quick, one_extension: one, cold, year: weeks, localisation: messages };
  process.stdout.write(`${JSON.stringify({ bench: 'build', ratios, figures })}\n`);
} finally {
  removeWorld(world);
}

function ratio(a: number, b: number): number {
  return Number((a / b).toFixed(3));
}
