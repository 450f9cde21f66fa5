/**
 * Requests while bundles are pushed, each answer with its bundle and a value of two of its files: lost ones, mixed ones.
 * The control: the same two files overwritten in place, one after the other, under the same load.
 */
import { setTimeout } from 'node:timers/promises';
import { pushConfig } from '../../src/config/index.ts';
import { load, say, seconds } from './figures.ts';
import { valueOfPush, type OverlayPushes } from './overlay-pushes.ts';
import { probe, siteinfo, warm, type ProbeAnswer } from './probe.ts';
import { benchContext, stopped } from './stop.ts';
import type { BenchTarget } from './target.ts';

export interface UnderLoad {
  readonly instances: number;
  /** Each by pushConfig, as the command does. */
  readonly pushes: number;
  /** Of others, which took themselves back. */
  readonly failed: number;
  readonly requests: number;
  /** Of them, answered by real MediaWiki. */
  readonly mediawiki: number;
  readonly lost: number;
  readonly mixed: number;
  /** Different bundles among the answers. */
  readonly bundles: number;
  readonly seconds: number;
  readonly load: number;
}

export interface Control {
  readonly swaps: number;
  readonly requests: number;
  readonly mixed: number;
}

/** Enough to see each push from several sides, and few enough to leave the pushes their share of two cores. */
const CLIENTS = 3;
const THINK_MS = 5;
const MEDIAWIKI_EVERY = 40;

export async function underLoad(
  { target, overlay }: { readonly target: BenchTarget; readonly overlay: OverlayPushes },
  wanted: { readonly pushes: number; readonly requests: number },
): Promise<UnderLoad> {
  const nameOf = new Map<string, string>();
  const ports = target.ports();
  const push = async (number: number): Promise<void> => {
    stopped.throwIfAborted();
    const bundle = overlay.bundle(number);
    nameOf.set(bundle.hash, valueOfPush(number));
    const pushed = await pushConfig({ bundle }, ports, benchContext());
    if (pushed.ok) done += 1;
    // Then all went back to what they had: for those who ask, one more change to be seen whole.
    else say(`  failed: ${pushed.diagnostics[0].message}`);
  };
  let done = 0;
  // With the one real check.
  await push(0);
  if (done === 0) throw new Error('the first push failed');
  done = 0;
  await warm(target.urls);
  const started = performance.now();
  const asking = clients(target.urls, (url, turn) => (turn % MEDIAWIKI_EVERY === 0 ? siteinfo(url) : probe(url)));
  try {
    for (let number = 1; number <= wanted.pushes; number += 1) {
      await push(number);
      if (number % 50 === 0) say(`  ${String(number)} pushes, ${String(asking.count())} requests`);
    }
    while (asking.count() < wanted.requests) await setTimeout(100, undefined, { signal: stopped });
  } finally {
    await asking.stop();
  }
  const { answers, errors } = await asking.stop();
  for (const error of new Set(errors)) say(`  lost: ${error}`);
  const mixed = answers.filter(({ bundle, first, second }) => first !== second || nameOf.get(bundle) !== first);
  for (const one of mixed.slice(0, 5)) say(`  mixed: ${JSON.stringify(one)}`);
  return {
    instances: target.urls.length,
    pushes: done,
    failed: wanted.pushes - done,
    requests: answers.length + errors.length,
    mediawiki: Math.floor((answers.length + errors.length) / MEDIAWIKI_EVERY),
    lost: errors.length,
    mixed: mixed.length,
    bundles: new Set(answers.map(({ bundle }) => bundle)).size,
    seconds: seconds(performance.now() - started),
    load: load(),
  };
}

/** As fast as one `cp` follows the other: a copy of forty files over a network has a longer half-way. */
export async function swappedInPlace(target: BenchTarget, swaps: number): Promise<Control> {
  const write = (number: string): string =>
    [
      `printf "<?php return [ 'wgSitename' => 'Push %s' ];" ${number} > /srv/overlay/.a`,
      `printf "<?php return 'Push %s';" ${number} > /srv/overlay/.b`,
      'cp /srv/overlay/.a /srv/overlay/plain/settings.php; cp /srv/overlay/.b /srv/overlay/plain/number.php',
    ].join('; ');
  await target.inOverlay(`mkdir -p /srv/overlay/plain; ${write('0')}`);
  const asking = clients(target.urls, (url) => probe(url, '?plain'));
  await target.inOverlay(`for n in $(seq ${String(swaps)}); do ${write('$n')}; sleep 0.02; done`);
  const { answers, errors } = await asking.stop();
  const mixed = answers.filter(({ first, second }) => first !== second).length + errors.length;
  return { swaps, requests: answers.length + errors.length, mixed };
}

function clients(urls: readonly string[], ask: (url: string, turn: number) => Promise<ProbeAnswer>) {
  const answers: ProbeAnswer[] = [];
  const errors: string[] = [];
  let going = true;
  let turn = 0;
  const client = async (): Promise<void> => {
    while (going) {
      turn += 1;
      const [mine, url] = [turn, urls[turn % urls.length] ?? ''];
      await ask(url, mine).then(
        (answer) => answers.push(answer),
        (thrown: unknown) => errors.push(`${String(mine)}, ${url}: ${String(thrown)}`),
      );
      await setTimeout(THINK_MS);
    }
  };
  const all = Array.from({ length: CLIENTS }, client);
  return {
    count: () => answers.length + errors.length,
    stop: async () => {
      going = false;
      await Promise.all(all);
      return { answers, errors };
    },
  };
}
