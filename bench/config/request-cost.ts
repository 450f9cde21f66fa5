/** CPU time of a request of MediaWiki with the overlay, against the same settings baked into LocalSettings.php: in pairs. */
import type { DockerTarget } from './docker-target.ts';
import { load } from './figures.ts';
import { siteinfo, warm } from './probe.ts';

export interface RequestCost {
  readonly pairs: number;
  readonly requests: number;
  readonly overlayCpuMs: number;
  readonly bakedCpuMs: number;
  /** Overlay over baked, the middle one of all pairs. */
  readonly ratio: number;
  /** Where nine in ten of random choices among the pairs have their middle. */
  readonly between: readonly [number, number];
  readonly load: number;
}

const PATH = '/api.php?action=query&meta=siteinfo&siprop=general&format=json';

/**
 * The second instance gets what an image with baked-in settings has: plain assignments, one file, no pointer. Before its
 * first request: opcache never looks at a file again.
 */
export async function bakeSettings(target: DockerTarget): Promise<void> {
  const bake = `
    require "/usr/local/lib/mwpipe/pointer.php";
    $dir = mwpipeBundleDir( mwpipeCurrentBundle() );
    $settings = require "$dir/settings.php";
    $php = "<?php\\ndefine( 'MWPIPE_BUNDLE', 'baked' );\\ndefine( 'MWPIPE_STATIC', '/static/baked' );\\n";
    $php .= "function mwpipeBundleDir() {\\n\\treturn '/srv/mediawiki/baked';\\n}\\n";
    $php .= "require '/usr/local/lib/mwpipe/platform.php';\\n";
    foreach ( $settings['default'] ?? $settings as $name => $value ) {
      $php .= "$" . $name . ' = ' . var_export( $value, true ) . ";\\n";
    }
    $common = file_get_contents( "$dir/overlays/demo/CommonSettings.php" );
    $number = var_export( require "$dir/overlays/demo/number.php", true );
    $php .= str_replace( [ '<?php', "require __DIR__ . '/number.php'" ], [ '', $number ], $common );
    file_put_contents( "/srv/mediawiki/LocalSettings.php.new", $php . "require '/usr/local/lib/mwpipe/platform-after.php';\\n" );`;
  const script = `php -r '${bake.replaceAll("'", `'"'"'`)}' && cd /srv/mediawiki && touch -d 2010-01-01 LocalSettings.php.new && rm -f LocalSettings.php && mv LocalSettings.php.new LocalSettings.php`;
  await target.inInstance(script, 2);
}

export async function requestCost(
  target: DockerTarget,
  { pairs, requests }: { readonly pairs: number; readonly requests: number },
): Promise<RequestCost> {
  await warm(target.urls);
  await sameWiki(target);
  for (const index of [0, 1]) await block(target, index, requests);
  const costs: { overlay: number; baked: number }[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    // Each side begins every other time: what the machine does meanwhile falls on both.
    const first = pair % 2;
    const cost = [0, 0];
    for (const index of [first, 1 - first]) cost[index] = await block(target, index, requests);
    costs.push({ overlay: cost[0] ?? NaN, baked: cost[1] ?? NaN });
  }
  const ratios = costs.map(({ overlay, baked }) => overlay / baked);
  return {
    pairs,
    requests: 2 * pairs * requests,
    overlayCpuMs: round(middle(costs.map(({ overlay }) => overlay))),
    bakedCpuMs: round(middle(costs.map(({ baked }) => baked))),
    ratio: round(middle(ratios)),
    between: intervalOf(ratios),
    load: load(),
  };
}

/** Both answer the same, one of a bundle and one without: else something else is compared. */
async function sameWiki({ urls }: DockerTarget): Promise<void> {
  const [overlay, baked] = [await siteinfo(urls[0] ?? ''), await siteinfo(urls[1] ?? '')];
  const isSame = overlay.first === baked.first && overlay.second === baked.second;
  if (isSame && overlay.bundle !== '' && baked.bundle === '') return;
  throw new Error(`two different wikis: ${JSON.stringify({ overlay, baked })}`);
}

/** @returns CPU milliseconds per request of everything in that container */
async function block(target: DockerTarget, index: number, requests: number): Promise<number> {
  const url = `${target.urls[index] ?? ''}${PATH}`;
  const before = await target.cpuNs(index);
  for (let turn = 0; turn < requests; turn += 1) {
    const answer = await fetch(url);
    if (answer.status !== 200) throw new Error(`${url}: ${String(answer.status)}: ${await answer.text()}`);
    await answer.arrayBuffer();
  }
  return ((await target.cpuNs(index)) - before) / 1e6 / requests;
}

/** Bootstrap of the median, by a fixed sequence: the same figures say the same. */
function intervalOf(ratios: readonly number[]): [number, number] {
  let state = 12_345;
  const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const draws = Array.from({ length: 2000 }, () =>
    middle(ratios.map(() => ratios[Math.floor(random() * ratios.length)] ?? NaN)),
  ).toSorted((a, b) => a - b);
  return [round(draws[100] ?? NaN), round(draws[1900] ?? NaN)];
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[half] ?? NaN) : ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2;
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
