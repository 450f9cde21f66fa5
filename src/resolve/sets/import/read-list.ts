/** Reads any of the lists that release engineers keep, which of them by what is in it. */
import { readFile, stat } from 'node:fs/promises';
import { quote } from '../../../kernel/diagnostic.ts';
import { messageOf, systemCodeOf } from '../../../kernel/error.ts';
import { fail, type Outcome } from '../../../kernel/outcome.ts';
import { hugeFile, MAX_BYTES } from '../set-file.ts';
import type { ComponentList } from './component-list.ts';
import { readExtensionList } from './read-extension-list.ts';
import { readGitmodules } from './read-gitmodules.ts';
import { readSettings } from './read-settings.ts';

/**
 * @param bundle of a settings.yaml
 * @returns fails with `resolve/no-file`, `resolve/unknown-list`, `resolve/huge-file`, and as the readers of each do
 */
export async function readList(file: string, bundle?: string): Promise<Outcome<ComponentList>> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) return fail(hugeFile(file, size));
    return parseList(file, await readFile(file, 'utf8'), bundle);
  } catch (cause) {
    const missing = systemCodeOf(cause) === 'ENOENT';
    const message = missing ? `there is no ${file}` : `can't read ${file}: ${messageOf(cause)}`;
    return fail({ code: 'resolve/no-file', message, hint: 'name a file that is there' });
  }
}

function parseList(file: string, text: string, bundle?: string): Outcome<ComponentList> {
  if (/^\s*\[submodule\s/m.test(text)) return readGitmodules(file, text);
  if (/^bundles\s*:/m.test(text)) return readSettings(file, text, bundle);
  if (/^\s*\$IP\//m.test(text)) return readExtensionList(file, text);
  return fail({
    code: 'resolve/unknown-list',
    message: `${quote(file)} is no list of components that mwpipe reads`,
    hint: "it reads make-release's settings.yaml, a .gitmodules, and an extension-list",
    at: { file, line: 1, column: 1, length: 1 },
  });
}
