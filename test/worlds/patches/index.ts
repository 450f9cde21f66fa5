/** Patches as developers make them: each edits a checkout of the world and leaves it uncommitted. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceOnce, type Edit } from '../mediawiki/edit.ts';

export { breakPageViews } from './broken-release.ts';

/**
 * Cite: `<ref dir="auto">` is taken where it was an error, which readers see. One class; fewer tests than Cite has, and
 * all stay green.
 */
export function changeCiteClass(checkout: string): Promise<void> {
  const before = `if ( $dir !== null && $dir !== 'rtl' && $dir !== 'ltr' ) {`;
  const after = `if ( $dir !== null && !in_array( $dir, [ 'rtl', 'ltr', 'auto' ], true ) ) {`;
  return edit(join(checkout, 'src', 'Validator.php'), replaceOnce(before, after));
}

/** Cite, the same class with a mistake that a test finds: `follow` and `name` no longer exclude each other. */
export function breakCiteClass(checkout: string): Promise<void> {
  const before = 'if ( $follow && ( $name || $extends ) ) {';
  return edit(join(checkout, 'src', 'Validator.php'), replaceOnce(before, 'if ( $follow && $name && $extends ) {'));
}

/** Echo's output of notifications, on which Thanks builds: tests of both are chosen, and all stay green. */
export function changeEchoModel(checkout: string): Promise<void> {
  const before = "\t\tif ( $bundledIds ) {\n\t\t\t$output['bundledIds'] = $bundledIds;\n\t\t}\n";
  const after = "\t\tif ( $bundledIds ) {\n\t\t\t$output['bundledIds'] = array_values( $bundledIds );\n\t\t}\n";
  return edit(join(checkout, 'includes', 'DataOutputFormatter.php'), replaceOnce(before, after));
}

async function edit(file: string, change: Edit): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}
