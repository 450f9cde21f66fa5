/**
 * Where settings stand in PHP files that return arrays of them: a diff names the wiki's own line, else where the setting begins.
 * Which of its other keys a wiki gets is for SiteConfiguration to say, so no line is guessed.
 */
import type { SourceRange } from '../../kernel/diagnostic.ts';
import type { OverlayFile } from '../overlay/overlay.ts';

interface Place {
  readonly at: () => SourceRange;
}

export interface SettingPlaces {
  /** Undefined where no array has it: other PHP sets it. The same one for wikis that share it. */
  find(setting: string, wiki: string): Place | undefined;
}

/** What stands first in the files counts. */
export function settingPlaces(files: readonly OverlayFile[]): SettingPlaces {
  const settings = new Map<string, Map<string, Place>>();
  for (const { path, source, data } of files) {
    if (!/^wmf-config\/[^/]+\.php$/.test(path) || /-labs\.php$/.test(path)) continue;
    addFile(settings, source, Buffer.from(data).toString('utf8'));
  }
  return {
    find: (setting, wiki) => {
      const keys = settings.get(setting);
      return keys?.get(wiki) ?? keys?.get(`+${wiki}`) ?? keys?.get(ITSELF);
    },
  };
}

const ITSELF = '';
const ENTRY = /^(?<before>\t{0,2}')(?<name>\+?[\w-]+)' => /;
const SETTING = /^wm?g[A-Z]/;

/** Settings stand at the margin or one tab from it, their keys one tab further. */
function addFile(settings: Map<string, Map<string, Place>>, file: string, text: string): void {
  let keys: Map<string, Place> | undefined;
  let depth = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const { before = '', name } = ENTRY.exec(line)?.groups ?? {};
    if (name === undefined) continue;
    const range = { file, line: index + 1, column: before.length + 1, length: name.length };
    const place = { at: () => range };
    if (before.length <= depth || SETTING.test(name)) {
      depth = before.length;
      keys = settings.has(name) ? undefined : new Map([[ITSELF, place]]);
      if (keys !== undefined) settings.set(name, keys);
    } else if (before.length === depth + 1 && keys?.has(name) === false) {
      keys.set(name, place);
    }
  }
}
