/** Asks an instance itself, over HTTP, what a request gets there. */
import { setTimeout } from 'node:timers/promises';
import { answering } from './answering.ts';

export interface ProbeAnswer {
  readonly bundle: string;
  /** A value of settings.php, and one of a raw PHP file of the same bundle. */
  readonly first: string;
  readonly second: string;
}

const SITEINFO = '/api.php?action=query&meta=siteinfo&siprop=general%7Crightsinfo&format=json';

export async function probe(url: string, query = ''): Promise<ProbeAnswer> {
  return (await json(`${url}/opensearch_desc.php${query}`)) as ProbeAnswer;
}

/** The same two values as real MediaWiki has them. */
export async function siteinfo(url: string): Promise<ProbeAnswer> {
  const response = await answered(`${url}${SITEINFO}`);
  const { query: said } = (await response.json()) as {
    query: { general: { sitename: string }; rightsinfo: { text: string } };
  };
  const bundle = response.headers.get('x-mwpipe-bundle') ?? '';
  return { bundle, first: said.general.sitename, second: said.rightsinfo.text };
}

/** The first request to MediaWiki in an instance compiles all of it, which is no matter of a push. */
export async function warm(urls: readonly string[]): Promise<void> {
  for (const url of urls) await answering(`${url}${SITEINFO}`);
}

/** When a request to it first showed the value; by `performance.now()`. @param wait.every ms between two requests */
export async function seenAt(
  ask: () => Promise<ProbeAnswer>,
  value: string,
  { signal, every = 25 }: { readonly signal: AbortSignal; readonly every?: number },
): Promise<number> {
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer?.first === value) return performance.now();
    await setTimeout(every, undefined, { signal });
  }
}

async function json(url: string): Promise<unknown> {
  return (await answered(url)).json();
}

async function answered(url: string): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  if (response.status !== 200) throw new Error(`${url}: status ${String(response.status)}: ${await response.text()}`);
  return response;
}
