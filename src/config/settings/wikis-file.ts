/** `wikis.yaml` of an overlay: which wikis there are, who asks for them, and which version of MediaWiki each has. */
import { z } from 'zod';
import type { YamlDocument } from '../../kernel/yaml-document.ts';

/** As it stands in an overlay's folder. */
export const WIKIS_FILE = 'wikis.yaml';

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const host = z
  .string()
  .regex(
    new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`, 'i'),
    'a host name has neither scheme, port nor path: de.example.org',
  );
const tagName = z.string().regex(/^[a-z][\w-]{0,63}$/i, 'a tag has A-Z a-z 0-9 _ and -, a letter first');

export const wikisSchema = z.strictObject({
  /** By the name of its database. Of stacked overlays the last that names a wiki says all of it; `null` takes it away. */
  wikis: z.record(
    z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'a wiki is named by its database: a-z, 0-9 and _, a letter first'),
    z
      .strictObject({
        /** Host names that it answers to, each one of no other wiki; the first is in its links. */
        hosts: z.array(host).min(1),
        /** Of MediaWiki; other versions don't serve it. @default any live one */
        version: z
          .string()
          .regex(
            /^1\.\d{1,3}\.\d{1,3}(?:-(?:wmf|rc|alpha|beta)(?:\.\d{1,3})?)?$/,
            'no version of MediaWiki, as 1.43.9 or 1.47.0-wmf.16',
          )
          .exactOptional(),
        /** Of its content. @default what wgLanguageCode of settings.yaml says, else en */
        language: z
          .string()
          .regex(/^[a-z][a-z0-9-]*$/, 'a language code has a-z, 0-9 and -: de, zh-hant')
          .exactOptional(),
        /** Its family: a tag after all others, and `$site` in settings. */
        site: tagName.exactOptional(),
        /** Names in settings.yaml that hold for several wikis; lists of dblists/ add to them. */
        tags: z.array(tagName).default([]),
      })
      .nullable(),
  ),
});
export type WikisDocument = YamlDocument<z.output<typeof wikisSchema>>;
