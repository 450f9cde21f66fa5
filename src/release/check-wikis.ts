/** `mwpipe wiki check`: each wiki asked where its users reach it. */
import pLimit from 'p-limit';
import type { Wiki } from '../config/index.ts';
import { silent } from '../kernel/run-context.ts';
import type { FlowContext, TargetTools } from './tools.ts';

export interface WikiCheck {
  readonly wiki: string;
  readonly host: string;
  /** Undefined where it is as it should be. */
  readonly problem?: string;
  readonly ms: number;
}

const ASKED_AT_ONCE = 8;
/** What a wiki says of itself. */
export const SITEINFO = '/api.php?action=query&meta=siteinfo&format=json&formatversion=2';

/** In the order of the wikis: answers, is itself, and has its version. */
export function checkWikis(
  wikis: readonly Wiki[],
  tools: Pick<TargetTools, 'wiki'>,
  context: FlowContext,
): Promise<readonly WikiCheck[]> {
  const limit = pLimit(ASKED_AT_ONCE);
  return Promise.all(wikis.map((wiki) => limit(() => checkWiki(wiki, tools, context))));
}

async function checkWiki(wiki: Wiki, tools: Pick<TargetTools, 'wiki'>, context: FlowContext): Promise<WikiCheck> {
  const host = wiki.hosts[0] ?? '';
  const page = await tools.wiki.ask({ path: SITEINFO, host }, silent(context));
  const common = { wiki: wiki.name, host };
  if (!page.ok) return { ...common, problem: page.diagnostics[0].message, ms: 0 };
  const { status, body, ms } = page.value;
  const problem = wikiProblem(wiki, { status, body });
  return { ...common, ...(problem === undefined ? {} : { problem }), ms };
}

/** Why this answer to SITEINFO isn't that of the wiki; undefined where it is. */
export function wikiProblem(
  wiki: Pick<Wiki, 'name' | 'version'>,
  { status, body }: { readonly status: number; readonly body: string },
): string | undefined {
  if (status !== 200) return `answers ${String(status)}: ${body.trim().slice(0, 120)}`;
  if (!body.includes(`"wikiid":"${wiki.name}"`)) return 'answers as another wiki';
  const version = /"generator":"MediaWiki ([^"]+)"/.exec(body)?.[1];
  if (wiki.version !== undefined && version !== wiki.version)
    return `has MediaWiki ${version ?? '?'}, not ${wiki.version}`;
  return undefined;
}
