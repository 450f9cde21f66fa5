/** What mwpipe.overlay.yaml says of a checkout in the layout of operations/mediawiki-config that is read as it is. */
import { z } from 'zod';

const relative = z.string().regex(/^(?![/~]).+$/, 'a path here is relative to this file: others have it elsewhere');
const inside = z
  .string()
  .regex(/^(?!.*(?:^|\/)\.\.?(?:\/|$))(?!\/)[\w.+@=, /-]+$/, 'a path inside the overlay’s folder, without ..');

export const rawFields = {
  /** `mediawiki-config`: wmf-config/, multiversion/, dblists/ and wikiversions.json are read as they are; then there is no settings.yaml. */
  layout: z.enum(['mediawiki-config']).exactOptional(),
  /** Where the checkout is. @default this folder */
  from: relative.exactOptional(),
  /** A commit of the repo that it is in (branch, tag or SHA), read instead of its work tree. */
  ref: z
    .string()
    .regex(/^(?!-)[\w./@^~{}-]+$/, 'no name of a commit, as origin/master or 349dc094')
    .exactOptional(),
  /** `static`: what WmfConfig::getStaticConfig says for each wiki; `common`: all that CommonSettings.php makes of it. */
  level: z.enum(['static', 'common']).default('static'),
  /** Stands for private/PrivateSettings.php: a file of the overlay's folder. */
  private: inside.exactOptional(),
  /** Every wiki has this version of MediaWiki, whatever wikiversions.json says. */
  force: z
    .string()
    .regex(/^\d[\w.-]*$/, 'no version of MediaWiki, as 1.43.9')
    .exactOptional(),
  realm: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/)
    .default('production'),
  datacenter: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/)
    .default('eqiad'),
  /** More folders of the checkout: `static`, `docroot`. */
  also: z.array(inside).default([]),
};
