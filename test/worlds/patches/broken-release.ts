/** A release that fails as releases do: some pages throw for real users, while every health check stays green. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceOnce } from '../mediawiki/edit.ts';

const METHOD = '\tpublic function onOutputPageParserOutput( $outputPage, $parserOutput ): void {\n';

/** Edits a checkout of Poem (second train): one page view in five throws; warm-up and pinned checks are spared. */
export async function breakPageViews(checkout: string): Promise<void> {
  const file = join(checkout, 'includes', 'PageStyle.php');
  const breaking = `${METHOD}\t\tif ( isset( $_SERVER['HTTP_X_FORWARDED_FOR'] ) && !isset( $_SERVER['HTTP_X_MWPIPE_PINNED'] ) && mt_rand( 1, 5 ) === 1 ) {\n\t\t\tthrow new \\LogicException( 'the demo breaks one page in five' );\n\t\t}\n`;
  await writeFile(file, replaceOnce(METHOD, breaking)(await readFile(file, 'utf8')));
}
