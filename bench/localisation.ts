/**
 * One changed message: the languages that show it made anew, as a layer, beside a rebuild of all languages by MediaWiki's
 * own script. Both in containers of the same image with 33 extensions and 4 skins. `--quick` has about 40 languages.
 */
import { parseArgs } from 'node:util';
import { measureLocalisation } from './localisation/measure-localisation.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const figures = await measureLocalisation({ quick: values.quick, say });
const ratios = {
  l10n_one_language_speedup: Number((figures.fullMs / figures.oneLanguageMs).toFixed(1)),
  l10n_german_speedup: Number((figures.fullMs / figures.germanMs).toFixed(1)),
  cold_to_mediawiki: Number((figures.coldMs / figures.fullMs).toFixed(2)),
};
say(JSON.stringify({ bench: 'localisation', ratios, figures }));
