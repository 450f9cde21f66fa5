/** How people name an image: a tag or an ID of the engine, a digest, or a layout's folder as skopeo writes it. */
import { resolve } from 'node:path';
import { quote } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { Digest } from '../../kernel/digest.ts';
import { isDigest } from '../layers/stored-record.ts';

export type ImageRef =
  | { readonly kind: 'engine'; readonly text: string; readonly name: string }
  | { readonly kind: 'digest'; readonly text: string; readonly digest: Digest }
  | { readonly kind: 'layout'; readonly text: string; readonly folder: string; readonly reference: string | undefined };

/** @returns fails with `image/bad-reference` */
export function parseImageRef(text: string, from: string): Outcome<ImageRef> {
  if (isDigest(text)) return ok({ kind: 'digest', text, digest: text });
  const layout = /^oci:([^:@\0]+)(?:[:@](.+))?$/.exec(text);
  if (layout !== null)
    return ok({ kind: 'layout', text, folder: resolve(from, layout[1] ?? ''), reference: layout[2] });
  const transport = /^([a-z-]+):(?=.*\/|$)/.exec(text)?.[1];
  if (transport !== undefined && TRANSPORTS.has(transport)) return fail(unread(text, transport));
  const name = text.replace(/^docker-daemon:/, '');
  if (/^[a-z0-9][\w./:@-]{0,255}$/.test(name)) return ok({ kind: 'engine', text, name });
  return fail({ code: 'image/bad-reference', message: `${quote(text)} names no image`, hint: FORMS });
}

const FORMS = 'write a tag or an ID of the engine (mwpipe/demo:c604ebd21ab9), a digest (sha256:...), or oci:DIR[:NAME]';

/** Skopeo's others. */
const TRANSPORTS = new Set(['docker', 'docker-archive', 'oci-archive', 'containers-storage', 'dir', 'oci']);

function unread(text: string, transport: string) {
  const archive = transport.endsWith('-archive');
  return {
    code: 'image/bad-reference',
    message: `images at ${quote(text)} can't be looked into from here`,
    hint: archive ? `unpack it first: skopeo copy ${text} oci:DIR:latest, then oci:DIR` : FORMS,
  } as const;
}
