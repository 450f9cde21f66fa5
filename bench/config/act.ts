/**
 * What a push does to the instances, without what is around it (lease, journal, checks): the bundle is kept, the pointer
 * moved, every instance asked, and what is older than the last two dropped.
 */
import type { Bundle, ConfigHost } from '../../src/config/index.ts';
import { packBundle } from '../../src/config/bundle/bundle.ts';
import { testContext } from '../../test/worlds/context.ts';
import { valueOf } from '../../test/worlds/overlays.ts';

export interface Acting {
  readonly host: ConfigHost;
  readonly slot: string;
  /** Without it, opcache is left with what it has. @default true */
  readonly retire?: boolean;
}

/** @param before bundles that were live, the newest last; the new one is added */
export async function act({ host, slot, retire }: Acting, bundle: Bundle, before: string[]): Promise<void> {
  const context = testContext();
  valueOf(await host.stage({ hash: bundle.hash, data: packBundle(bundle) }, context));
  valueOf(await host.point({ slot, bundle: bundle.hash }, context));
  const answers = valueOf(await host.confirm(slot, context));
  const wrong = answers.filter((answer) => answer.bundle !== bundle.hash);
  if (wrong.length > 0) throw new Error(`not confirmed: ${JSON.stringify(wrong)}`);
  before.push(bundle.hash);
  const old = before.slice(-6, -2);
  if (retire !== false && old.length > 0) valueOf(await host.retire({ slot, bundles: old }, context));
  if (before.length % 20 === 0) valueOf(await host.prune(before.slice(-4), context));
}
