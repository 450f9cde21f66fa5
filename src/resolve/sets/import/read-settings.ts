/** make-release's `settings.yaml`: bundles of repos, which include each other. */
import { z } from 'zod';
import { quote, type Diagnostic, type SourceRange } from '../../../kernel/diagnostic.ts';
import { nearest } from '../../../kernel/nearest.ts';
import { fail, settle, type Outcome } from '../../../kernel/outcome.ts';
import { parseYaml, type YamlDocument } from '../../../kernel/yaml-document.ts';
import { eachOnce, entryOf, isEntry, type ComponentList, type ListEntry } from './component-list.ts';
import { WIKIMEDIA_BASE } from '../sources.ts';

const settingsSchema = z.looseObject({
  base_url: z.string().default(WIKIMEDIA_BASE),
  bundles: z.record(z.string(), z.array(z.union([z.string(), z.strictObject({ include: z.string() })]))),
});
type Settings = z.output<typeof settingsSchema>;

/** @param bundle may be left out where there is one only */
export function readSettings(file: string, text: string, bundle?: string): Outcome<ComponentList> {
  const document = parseYaml(file, text, settingsSchema);
  if (!document.ok) return document;
  const names = Object.keys(document.value.value.bundles);
  const chosen = bundle ?? (names.length === 1 ? names[0] : undefined);
  if (chosen === undefined) {
    const message = `${quote(file)} has ${names.length} bundles`;
    return fail({ code: 'resolve/which-bundle', message, hint: `name one with --bundle: ${names.join(', ')}` });
  }
  const reading: Reading = { document: document.value, read: new Set(), wrong: [] };
  const entries = eachOnce(readBundle({ name: chosen, via: [] }, reading));
  const base = document.value.value.base_url.replace(/\/*$/, '/');
  return settle({ format: 'settings', ...(base === WIKIMEDIA_BASE ? {} : { base }), entries }, reading.wrong);
}

interface Reading {
  readonly document: YamlDocument<Settings>;
  /** A bundle that two others include is read once. */
  readonly read: Set<string>;
  readonly wrong: Diagnostic[];
}

interface Include {
  readonly name: string;
  readonly via: readonly string[];
  readonly at?: SourceRange;
}

function readBundle(include: Include, reading: Reading): ListEntry[] {
  const { name, via } = include;
  const { document, read, wrong } = reading;
  const members = Object.hasOwn(document.value.bundles, name) ? document.value.bundles[name] : undefined;
  if (via.includes(name)) wrong.push(circle(include));
  else if (members === undefined) wrong.push(unknownBundle(include, Object.keys(document.value.bundles)));
  if (members === undefined || read.has(name)) return [];
  read.add(name);
  return members.flatMap((member, index) => {
    if (typeof member === 'object') {
      const at = document.at(['bundles', name, index, 'include']);
      return readBundle({ name: member.include, via: [...via, name], at }, reading);
    }
    const entry = entryOf(member, document.at(['bundles', name, index]));
    if (isEntry(entry)) return [via.length === 0 ? entry : { ...entry, group: name }];
    wrong.push(entry);
    return [];
  });
}

function circle({ name, via, at }: Include): Diagnostic {
  const message = `${[...via, name].join(' includes ')}: a circle`;
  return { code: 'resolve/bundle-cycle', message, hint: 'remove one of them', ...(at === undefined ? {} : { at }) };
}

function unknownBundle({ name, at }: Include, known: readonly string[]): Diagnostic {
  const near = nearest(name, known);
  const hint = near === undefined ? `bundles here: ${known.join(', ') || 'none'}` : `did you mean ${near}?`;
  return {
    code: 'resolve/unknown-bundle',
    message: `there is no bundle ${quote(name)}`,
    hint,
    ...(at === undefined ? {} : { at }),
  };
}
