/** A core branch's `.gitmodules`: each submodule a component, at its path, from its url, pinned to its branch. */
import { quote, type Diagnostic, type SourceRange } from '../../../kernel/diagnostic.ts';
import { fail, settle, type Outcome } from '../../../kernel/outcome.ts';
import { checkPath, checkRef, checkUrl } from '../safe-names.ts';
import { wikimediaUrl } from '../sources.ts';
import { eachOnce, entryOf, isEntry, type ComponentList, type ListEntry } from './component-list.ts';
import { parseGitmodules, type Submodule } from './parse-gitmodules.ts';

export function readGitmodules(file: string, text: string): Outcome<ComponentList> {
  const submodules = parseGitmodules(file, text);
  if (!submodules.ok) return submodules;
  const wrong: Diagnostic[] = [];
  const entries = submodules.value.flatMap((submodule) => entriesOf(submodule, wrong));
  return settle({ format: 'gitmodules', entries: eachOnce(entries) }, wrong);
}

function entriesOf(submodule: Submodule, wrong: Diagnostic[]): ListEntry[] {
  const { values } = submodule;
  const [path, url, branch] = [values.get('path'), values.get('url'), values.get('branch')];
  const missing = [...(path === undefined ? ['path'] : []), ...(url === undefined ? ['url'] : [])];
  if (path === undefined || url === undefined) {
    wrong.push(lacks(submodule, missing));
    return [];
  }
  const mistakes = mistakesOf(submodule);
  const entry = entryOf(path.value, path.at);
  if (!isEntry(entry) || mistakes.length > 0) {
    wrong.push(...mistakes, ...(isEntry(entry) || mistakes.length > 0 ? [] : [entry]));
    return [];
  }
  const remote = url.value.replace(/(\.git)?\/*$/, '');
  const known = remote === wikimediaUrl(entry);
  const pin = branch === undefined || branch.value === '.' ? {} : { branch: branch.value };
  return [{ ...entry, ...(known ? {} : { url: url.value }), ...pin }];
}

function lacks({ name, at }: Submodule, missing: readonly string[]): Diagnostic {
  const message = `the submodule ${quote(name)} has no ${missing.join(' and no ')}`;
  return { code: 'resolve/wrong-gitmodules', message, hint: 'git needs both: path = ..., url = ...', at };
}

function mistakesOf({ values }: Submodule): Diagnostic[] {
  const [path, url, branch] = [values.get('path'), values.get('url'), values.get('branch')];
  const relative = url !== undefined && /^\.{1,2}\//.test(url.value);
  const checked = [
    ...(path === undefined ? [] : [checkPath(path.value, path.at)]),
    ...(url === undefined ? [] : [relative ? fail(isRelative(url)) : checkUrl(url.value, url.at)]),
    ...(branch === undefined || branch.value === '.' ? [] : [checkRef(branch.value, branch.at)]),
  ];
  return checked.flatMap((one) => (one.ok ? [] : one.diagnostics));
}

function isRelative({ value, at }: { readonly value: string; readonly at: SourceRange }): Diagnostic {
  const message = `${quote(value)} is relative to the url of core, which this file doesn't say`;
  return { code: 'resolve/relative-url', message, hint: 'write the whole url', at };
}
