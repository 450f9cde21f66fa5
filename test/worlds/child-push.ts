/** Pushes the image that `imageOf` wrote down, for a test that kills it: node child-push.ts FOLDER REPOSITORY IMAGE.json */
import { readFile } from 'node:fs/promises';
import { ociRegistry } from '../../src/adapters/registry/index.ts';
import { publishImage } from '../../src/build/publish/publish-image.ts';
import type { PublishedImage } from '../../src/build/publish/image-contents.ts';
import { blobStore } from '../../src/kernel/blob-store.ts';
import { testContext } from './context.ts';

const [folder = '', repository = '', file = ''] = process.argv.slice(2);
const read = JSON.parse(await readFile(file, 'utf8')) as PublishedImage & { config: string; manifest: string };
const image = { ...read, config: Buffer.from(read.config, 'base64'), manifest: Buffer.from(read.manifest, 'base64') };
const options = { name: 'main', repository, isPrivate: false, insecure: false, verify: 'length' } as const;
const registry = ociRegistry({ ...options, blobs: blobStore(folder) });
const request = { image, visibility: 'public', tags: ['live'], attachments: [] } as const;
const published = await publishImage(request, [registry], testContext());
process.stdout.write(`${JSON.stringify(published)}\n`);
