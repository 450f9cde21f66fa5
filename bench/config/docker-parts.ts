/** The config bench on containers of this machine. */
import type { Bundle } from '../../src/config/index.ts';
import { copyWiki, installWiki } from './wiki.ts';
import { dockerTarget } from './docker-target.ts';
import { opcacheAfter } from './opcache.ts';
import { demoPushes, payloadPushes } from './overlay-pushes.ts';
import type { Parts } from './parts.ts';
import { siteinfo } from './probe.ts';
import { pushLatency } from './push-latency.ts';
import { rebuildOnDocker } from './rebuild.ts';
import { bakeSettings, requestCost } from './request-cost.ts';
import { swappedInPlace, underLoad } from './under-load.ts';

const INSTANCES = 10;
const UNDER_LOAD = 3;
/** The target's default. */
const SOAK = 20;

export async function dockerPush(image: string, { quick }: Parts) {
  await using target = await dockerTarget(image, INSTANCES);
  const overlay = await demoPushes();
  await installWiki(target, overlay);
  const page = await pushLatency({ target, overlay, soak: SOAK }, { count: quick ? 20 : 60, from: 1000 });
  const mediawiki = await pushLatency({ target, overlay }, { count: quick ? 5 : 15, from: 2000, ask: siteinfo });
  const payload = await payloadPushes();
  await copyWiki(target, firstWiki(payload.bundle(0)));
  const real = await pushLatency({ target, overlay: payload }, { count: quick ? 8 : 20, from: 3000 });
  return { instances: INSTANCES, page, mediawiki, payload: real };
}

export async function dockerLoad(image: string) {
  await using target = await dockerTarget(image, UNDER_LOAD);
  const overlay = await demoPushes();
  await installWiki(target, overlay);
  const pushed = await underLoad({ target, overlay }, { pushes: 200, requests: 20_000 });
  return { pushed, swappedInPlace: await swappedInPlace(target, 200) };
}

export async function dockerRebuild(image: string) {
  await using target = await dockerTarget(image, INSTANCES);
  return await rebuildOnDocker(target, image);
}

export async function costOfOverlay(image: string, { quick }: Parts) {
  await using target = await dockerTarget(image, 2);
  await installWiki(target, await demoPushes());
  await bakeSettings(target);
  return await requestCost(target, quick ? { pairs: 24, requests: 30 } : { pairs: 80, requests: 50 });
}

export async function opcacheBothWays(image: string, { quick }: Parts) {
  const pushes = quick ? 80 : 200;
  return { retired: await opcacheAfter(image, pushes, true), leftAlone: await opcacheAfter(image, pushes, false) };
}

function firstWiki({ farm }: Bundle): string {
  return farm?.wikis.keys().next().value ?? '';
}
