/** The file in the image that says what its cache holds and what it was made with: the wiki reads it first. */
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { StoredFile } from '../layers/layer-spec.ts';
import { CACHE_FOLDER } from './bake-languages.ts';
import type { LocalisationPlan } from './plan-localisation.ts';

export async function storeIndex(plan: LocalisationPlan, blobs: BlobStore): Promise<StoredFile> {
  const text = indexText(plan);
  const { digest, bytes } = await blobs.put(
    (async function* () {
      yield await Promise.resolve(Buffer.from(text));
    })(),
  );
  return { path: `${CACHE_FOLDER}/index.php`, digest, bytes };
}

function indexText({ load, languages }: LocalisationPlan): string {
  return [
    '<?php',
    '// What this image has of messages: made with these extensions and skins, for these languages.',
    'return [',
    "\t'load' => [",
    ...load.map((path) => `\t\t${phpText(path)},`),
    '\t],',
    "\t'languages' => [",
    ...languages.map(({ code, format }) => `\t\t${phpText(code)} => ${phpText(format)},`),
    '\t],',
    '];',
    '',
  ].join('\n');
}

function phpText(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
