/** What a patch changed, as facts: files by kind, lines on both sides, message keys, keys of extension.json. */

export interface LineRange {
  readonly from: number;
  readonly to: number;
}

export interface FileChange {
  readonly path: string;
  readonly status: 'A' | 'M' | 'D' | 'R';
  /** Where it was, for a renamed one. */
  readonly oldPath?: string;
  /** Lines that are gone, in the old file's numbers; the whole file where the lines aren't known. */
  readonly before: readonly LineRange[];
  readonly after: readonly LineRange[];
  /** Messages that were added, changed or removed (i18n files only). */
  readonly messages?: readonly string[];
  /** Top-level keys that differ (extension.json and skin.json only); undefined where it is no JSON. */
  readonly keys?: readonly string[];
}

export type FileKind =
  | 'php'
  | 'test-php'
  | 'parser-tests'
  | 'test-data'
  | 'registration'
  | 'messages'
  | 'message-docs'
  | 'front-end'
  | 'front-end-test'
  | 'template'
  | 'database'
  | 'docs'
  | 'tooling'
  | 'unknown';

const DOCS =
  /(^|\/)(README|COPYING|LICENSE|CHANGELOG|CHANGES|HISTORY|AUTHORS|CREDITS|CODE_OF_CONDUCT|RELEASE-NOTES)[^/]*$/i;
const TOOLING =
  /(^|\/)(\.[^/]+|package(-lock)?\.json|Gruntfile\.js|jsdoc\.json|jest\.[^/]*|Gemfile[^/]*|Doxyfile|phpunit\.xml[^/]*|bundlesize\.config\.json|renovate\.json)$|(^|\/)\.[^/]+\//;

/** First that fits; what fits none is `unknown`, and widens. */
const KINDS: readonly (readonly [FileKind, RegExp])[] = [
  ['registration', /^(extension|skin)\.json$/],
  ['message-docs', /(^|\/)i18n\/(.*\/)?qqq\.json$/],
  ['messages', /(^|\/)i18n\/.*\.json$/],
  ['parser-tests', /(^|\/)tests\/parser\/[^/]*\.txt$/],
  ['front-end-test', /(^|\/)tests\/(qunit|jest|node-qunit|selenium|cypress|api-testing|browser)\//],
  ['test-php', /(^|\/)tests\/.*\.php$/],
  ['test-data', /(^|\/)tests\//],
  ['php', /\.(php|inc)$/],
  ['database', /\.sql$|(^|\/)(sql|db_patches|schema)\//],
  ['docs', DOCS],
  ['tooling', TOOLING],
  ['docs', /\.(md|txt|rst)$|(^|\/)docs\//],
  ['template', /\.(mustache|lua|html|tpl)$/],
  ['front-end', /\.(m?js|ts|vue|css|less|svg|png|gif|jpe?g|webp|ico|woff2?|ttf|cur)$/],
];

export function kindOf(path: string): FileKind {
  return KINDS.find(([, pattern]) => pattern.test(path))?.[0] ?? 'unknown';
}

/** Keys of a flat message file that differ; metadata left out. Undefined where one side is no JSON. */
export function changedMessages(before: string, after: string): string[] | undefined {
  const [old, now] = [messagesIn(before), messagesIn(after)];
  if (old === undefined || now === undefined) return undefined;
  return [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key));
}

function messagesIn(text: string): Map<string, string> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null) return undefined;
    const messages = Object.entries(json).filter(([key]) => key !== '@metadata');
    return new Map(messages.map(([key, value]) => [key, JSON.stringify(value)]));
  } catch {
    return undefined;
  }
}
