/** The diff as one page with nothing outside of it: to attach to a review, to show to who asks. */
import type { ConfigDiff, ImageDiff, Naming, SettingChange } from '../../config/index.ts';
import { groupWikis, pathName } from '../../config/index.ts';
import { short } from '../../kernel/digest.ts';
import { originText } from './config-diff.ts';
import { groupText } from './wiki-group.ts';

export function diffPage(diff: ConfigDiff): string {
  const { after, images, naming } = diff;
  const title = `Settings: ${after.label} ${short(after.bundle)}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>${STYLE}</style>
<h1>${escape(title)}</h1>
<p><label>Show only <input id="filter" type="search" placeholder="a setting or a wiki"></label>
<output id="shown" for="filter"></output></p>
${images.map((image) => section(image, naming)).join('\n')}
<script>${SCRIPT}</script>
</html>
`;
}

function section({ before, slots, mediawiki, changes, added, removed }: ImageDiff, naming: Naming): string {
  const from = before.bundle === undefined ? `nothing ${before.label}` : `${before.label} ${short(before.bundle)}`;
  const where = [...(mediawiki === undefined ? [] : [`MediaWiki ${mediawiki}`]), ...slots].join(', ');
  const wikis = [
    ...(added.length === 0 ? [] : [`<p>New: ${escape(added.join(', '))}</p>`]),
    ...(removed.length === 0 ? [] : [`<p>Gone: ${escape(removed.join(', '))}</p>`]),
  ];
  return `<section>
<h2>Against ${escape(from)}${where === '' ? '' : ` <small>${escape(where)}</small>`}</h2>
${wikis.join('\n')}
<table>
<thead><tr><th>Setting<th>Before<th>After<th>Wikis<th>Typed in</tr></thead>
<tbody>
${changes.map((change) => row(change, naming)).join('\n')}
</tbody>
</table>
${changes.length === 0 ? '<p>No setting differs.</p>' : ''}</section>`;
}

function row(change: SettingChange, naming: Naming): string {
  const name = pathName(change.setting, change.path);
  const words = `${name} ${change.wikis.join(' ')}`.toLowerCase();
  return `<tr data-words="${escape(words)}"><th scope="row">${escape(name)}<td>${value(change.before, 'old')}<td>${value(change.after, 'new')}<td>${wikisCell(change, naming)}<td>${escape(originText(change))}</tr>`;
}

function wikisCell({ wikis }: SettingChange, naming: Naming): string {
  const text = escape(groupText(groupWikis(wikis, naming)));
  if (wikis.length <= 1) return text;
  return `<details><summary>${text}</summary>${escape(wikis.join(', '))}</details>`;
}

function value(shown: unknown, kind: 'old' | 'new'): string {
  if (shown === undefined) return '<i>not set</i>';
  const text = escape(JSON.stringify(shown, undefined, 1));
  const code = `<pre class="${kind}">${text}</pre>`;
  return text.length > 300
    ? `<details><summary>${text.slice(0, 60).replace(/&[^;]*$/, '')}…</summary>${code}</details>`
    : code;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for attributes; what turns the direction of writing is shown, not obeyed. */
function escape(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '')
    .replaceAll(
      /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16)}`,
    );
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
h2 small { font-weight: normal; opacity: .7; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8884; padding: .4rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
tbody th { font-weight: 600; }
td:last-child { opacity: .75; font-size: .9em; }
pre { margin: 0; white-space: pre-wrap; font: 13px/1.4 ui-monospace, monospace; padding: .1rem .3rem; border-radius: .2rem; }
.old { background: #d338; } .new { background: #3a58; }
@media (prefers-color-scheme: light) { .old { background: #fdd; } .new { background: #dfd; } }
input { font: inherit; padding: .2rem .4rem; min-width: 20rem; }
`;

const SCRIPT = `
const filter = document.getElementById('filter'), shown = document.getElementById('shown');
const rows = [...document.querySelectorAll('tbody tr')];
const show = () => {
  const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let count = 0;
  for (const row of rows) {
    row.hidden = !words.every((word) => row.dataset.words.includes(word));
    count += row.hidden ? 0 : 1;
  }
  shown.textContent = count + ' of ' + rows.length + ' changes';
};
filter.addEventListener('input', show);
show();
`;
