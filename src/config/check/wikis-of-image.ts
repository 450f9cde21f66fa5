/** Which wikis an image may meet, and whether each wiki's version is there at all. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import type { CheckedSource } from './evaluate-bundle.ts';

/** What stands for the one wiki of a bundle without a farm: its name is the target's. */
const ONE_WIKI = 'wiki';

/**
 * By name. Undefined: all that the bundle's own farm.php names, those of the image's version. Where there is no farm: the
 * one wiki, and those that have values of their own.
 */
export function wikisFor({ files, settings }: CheckedSource, only?: readonly string[]): readonly string[] | undefined {
  if (only !== undefined) return only;
  return files.has('farm.php') ? undefined : [...new Set([ONE_WIKI, ...settings.wikis.keys()])];
}

/** @param versions of the images that run or are to run @returns `config/no-such-version`, where it was typed */
export function checkVersions({ farm, files }: CheckedSource, versions: readonly string[]): Diagnostic[] {
  const known = [...new Set(versions)].sort();
  if (farm === undefined)
    return versionsOf(files).flatMap((version) => (known.includes(version) ? [] : [missing(version, known)]));
  return [...farm.wikis.values()].flatMap(({ name, version, at }): Diagnostic[] => {
    if (version === undefined || known.includes(version)) return [];
    const near = nearest(version, known);
    return [
      {
        code: 'config/no-such-version',
        message: `${name} wants MediaWiki ${quote(version)}, which no image here has`,
        hint: near === undefined ? `there is ${known.join(', ') || 'none'}` : `did you mean ${near}?`,
        exit: 'failed',
        at,
      },
    ];
  });
}

/** Of a bundle that was read back: its farm.php is what phpLiteral writes, where no text can hold such a line. */
function versionsOf(files: CheckedSource['files']): string[] {
  const text = Buffer.from(files.get('farm.php') ?? []).toString('utf8');
  return [...new Set([...text.matchAll(/^\t+'version' => '([^']+)',$/gm)].map(([, version = '']) => version))];
}

function missing(version: string, known: readonly string[]): Diagnostic {
  return {
    code: 'config/no-such-version',
    message: `wikis of it want MediaWiki ${quote(version)}, which no image here has`,
    hint: `there is ${known.join(', ') || 'none'}`,
    exit: 'failed',
  };
}
