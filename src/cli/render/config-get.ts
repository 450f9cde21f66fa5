/** A setting's values as people read them. */
import type { ExplainedSetting, SettingAnswer, SettingOverview } from '../../config/index.ts';
import { placeText } from './diagnostic.ts';
import { table } from './units.ts';

export function settingText(answer: SettingAnswer, { why }: { readonly why: boolean }): string {
  return 'chain' in answer ? explainedText(answer, why) : overviewText(answer);
}

function explainedText({ setting, wiki, value, added, chain }: ExplainedSetting, why: boolean): string {
  const head = `${setting} on ${wiki}: ${valueText(value)}${added ? ', added to MediaWiki’s own' : ''}`;
  const rows = chain.map(({ key, part, value: own, at }) => [part, key, cut(valueText(own)), placeText(at)]);
  if (!why) return `${head}${rows.length === 0 ? '' : '\nWhy: --why'}`;
  return rows.length === 0 ? `${head}\nno entry holds for it` : `${head}\n${table(rows)}`;
}

function overviewText({ setting, values, added }: SettingOverview): string {
  const head = `${setting}${added ? ', added to MediaWiki’s own' : ''}`;
  const rows = values.map(({ value, wikis }) => [whoText(wikis), valueText(value)]);
  return `${head}\n${table(rows)}`;
}

const MOST_NAMED = 4;

function whoText(wikis: readonly string[]): string {
  const named = wikis.slice(0, MOST_NAMED).join(', ');
  const count = `${wikis.length} wiki${wikis.length === 1 ? '' : 's'}`;
  if (wikis.includes('default')) return [...wikis.filter((wiki) => wiki !== 'default'), 'all other wikis'].join(', ');
  return wikis.length > MOST_NAMED ? `${count} (${named} ...)` : `${count} (${named})`;
}

function valueText(value: unknown): string {
  return value === undefined ? 'MediaWiki’s own' : JSON.stringify(value);
}

const MOST_SHOWN = 60;

function cut(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
