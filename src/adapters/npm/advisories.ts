/**
 * What npm's registry knows of packages. Mirrors and proxies often don't have that endpoint: an answer of another kind
 * is told, and is no failure.
 * @see https://docs.npmjs.com/cli/commands/npm-audit#bulk-advisory-endpoint
 */
import { z } from 'zod';
import type { Advisories, Advisory, AdvisoryAnswer } from '../../build/steps-ports.ts';
import { SEVERITIES } from '../../kernel/build-steps.ts';
import { messageOf } from '../../kernel/error.ts';

const answerSchema = z.record(
  z.string(),
  z.array(
    z.object({
      title: z.string(),
      url: z.string(),
      severity: z.enum(SEVERITIES),
      vulnerable_versions: z.string(),
    }),
  ),
);

const REGISTRY = 'https://registry.npmjs.org/';
const PATH = '-/npm/v1/security/advisories/bulk';
const DEADLINE_MS = 20_000;

/** @param registry this machine's; npm's own where nothing is set */
export function npmAdvisories(registry: () => Promise<string | undefined>): Advisories {
  return {
    about: async (packages, { signal }) => {
      const base = (await registry()) ?? REGISTRY;
      const url = new URL(PATH, base.endsWith('/') ? base : `${base}/`);
      try {
        return await asked(url, JSON.stringify(packages), AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]));
      } catch (cause) {
        signal.throwIfAborted();
        return { answered: false, because: `${url.host} does not answer (${reasonOf(cause)})` };
      }
    },
  };
}

async function asked(url: URL, body: string, signal: AbortSignal): Promise<AdvisoryAnswer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
  const text = await response.text();
  if (response.status !== 200) return { answered: false, because: `${url.host} says ${response.status}` };
  const said = answerSchema.safeParse(parsed(text)).data;
  if (said === undefined)
    return { answered: false, because: `${url.host} answers in a form that mwpipe does not know` };
  return {
    answered: true,
    advisories: Object.entries(said).flatMap(([name, all]) => all.map((one) => advisory(name, one))),
  };
}

function advisory(
  name: string,
  { vulnerable_versions: versions, ...told }: z.output<typeof answerSchema>[string][number],
): Advisory {
  return { package: name, versions, ...told };
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
  return messageOf(inner);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
