/** Whether MediaWiki itself answers on an instance: an agent's word says only that the files are there. */
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { ConfigHost, SlotInstances } from '../ports.ts';

/** Which instances are asked, and about which wiki. */
interface Question {
  readonly slots: readonly SlotInstances[];
  /** Where a wiki of the farm answers. */
  readonly wikiHost: string | undefined;
}

/** @returns by instance the HTTP status, 0 where nothing answered; fails as the host does */
export async function askMediaWiki(
  { slots, wikiHost }: Question,
  host: ConfigHost,
  context: RunContext<never>,
): Promise<Outcome<ReadonlyMap<string, number>>> {
  const statuses = new Map<string, number>();
  for (const { slot, instances } of slots) {
    if (instances.length === 0) continue;
    const target = { slot, instances, ...(wikiHost === undefined ? {} : { host: wikiHost }) };
    const probed = await host.probe(target, context);
    if (!probed.ok) return probed;
    for (const name of instances) statuses.set(name, probed.value[name] ?? 0);
  }
  return ok(statuses);
}

/** @returns those whose MediaWiki answers without an error now */
export async function findAnswering(
  question: Question,
  host: ConfigHost,
  context: RunContext<never>,
): Promise<Outcome<ReadonlySet<string>>> {
  const statuses = await askMediaWiki(question, host, context);
  return statuses.ok
    ? ok(new Set([...statuses.value.keys()].filter((name) => isWell(statuses.value.get(name)))))
    : statuses;
}

/** A status of MediaWiki that is no error of the server: what a client did wrong, every instance answers alike. */
export const isWell = (status = 0): boolean => status > 0 && status < 500;
