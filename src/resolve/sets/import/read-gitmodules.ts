/** A core branch's `.gitmodules`: each submodule a component, at its path, from its url, pinned to its branch. */
import { quote, type Diagnostic } from '../../../kernel/diagnostic.ts';
import { settle, type Outcome } from '../../../kernel/outcome.ts';
import { unsafePath, unsafeRef, unsafeUrl } from '../name-checks.ts';
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
  const wrong: Diagnostic[] = [];
  const refuse = (code: Diagnostic['code'], found: typeof path, reason: string | undefined): void => {
    if (found === undefined || reason === undefined) return;
    wrong.push({
      code,
      message: `${quote(found.value)} ${reason}`,
      hint: 'refused: mend it, or leave it out',
      at: found.at,
    });
  };
  refuse('resolve/unsafe-path', path, path === undefined ? undefined : unsafePath(path.value));
  const relative = url !== undefined && /^\.{1,2}\//.test(url.value);
  const remote =
    url === undefined ? undefined : relative ? 'is relative to a url that this file doesn’t say' : unsafeUrl(url.value);
  refuse('resolve/unsafe-url', url, remote);
  refuse(
    'resolve/unsafe-ref',
    branch,
    branch === undefined || branch.value === '.' ? undefined : unsafeRef(branch.value),
  );
  return wrong;
}
