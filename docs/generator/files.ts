/** The page of files that people write, and a JSON Schema of each for editors. */
import { join as joinPath } from 'node:path';
import type { z } from 'zod';
import { pipelineSchema } from '../../src/build/steps/own-steps.ts';
import { imageSchema } from '../../src/build/runtimes/runtime-definition.ts';
import { runtimeLockSchema } from '../../src/build/runtimes/runtime-lock.ts';
import { layersSchema } from '../../src/build/plan/layers-file.ts';
import { overlaySchema } from '../../src/config/overlay/overlay.ts';
import { wikisSchema } from '../../src/config/settings/wikis-file.ts';
import { workspaceSchema } from '../../src/kernel/workspace.ts';
import { graphSchema } from '../../src/resolve/graph/graph-document.ts';
import { setSchema } from '../../src/resolve/sets/set-file.ts';
import { jsonSchemaOf, keyRows, type JsonSchema } from './json-schema.ts';
import { code, head, join, table } from './markdown.ts';
import { schemaDocs } from './schema-docs.ts';

interface DescribedFile {
  readonly name: string;
  /** Of the JSON Schema: `schemas/ID.json`. */
  readonly id: string;
  readonly lead: string;
  readonly schema: z.ZodType;
  /** Where the schema is written, for its comments. */
  readonly from: readonly [file: string, name: string];
  /** @default 'people', whose editor wants the schema */
  readonly writtenBy?: 'mwpipe';
}

const FILES: readonly DescribedFile[] = [
  {
    name: 'mwpipe.yaml',
    id: 'mwpipe',
    lead: 'Makes a folder a workspace: where repos are fetched from, and the targets that releases are deployed to.',
    schema: workspaceSchema,
    from: ['src/kernel/workspace.ts', 'workspaceSchema'],
  },
  {
    name: 'extension-sets/NAME.yaml',
    id: 'extension-set',
    lead: 'An extension set: which components, from where, by which branch policy. `mwpipe resolve NAME` makes its lockfile.',
    schema: setSchema,
    from: ['src/resolve/sets/set-file.ts', 'setSchema'],
  },
  {
    name: 'config-overlays/NAME/mwpipe.overlay.yaml',
    id: 'overlay',
    lead:
      'Makes a folder an overlay. Beside it: `settings.yaml` (values by wiki), PHP files that are read as they are, and' +
      ' `static/`, whose files are served as they are.',
    schema: overlaySchema,
    from: ['src/config/overlay/overlay.ts', 'overlaySchema'],
  },
  {
    name: 'config-overlays/NAME/wikis.yaml',
    id: 'wikis',
    lead: 'The wikis of a farm. Beside it: `dblists/NAME.dblist` (a wiki a line) and `dblists/NAME.dbexpr` (`%% all - closed`).',
    schema: wikisSchema,
    from: ['src/config/settings/wikis-file.ts', 'wikisSchema'],
  },
  {
    name: 'images/NAME/image.yaml',
    id: 'image',
    lead: 'A runtime: what images are built on. Its Dockerfile stands beside it, and begins with `FROM ${BASE}`.',
    schema: imageSchema,
    from: ['src/build/runtimes/runtime-definition.ts', 'imageSchema'],
  },
  {
    name: 'images/NAME/image.lock.yaml',
    id: 'runtime-lock',
    lead: 'Which image a runtime is, for each flavour and platform. `mwpipe runtime lock` writes it; commit it.',
    schema: runtimeLockSchema,
    from: ['src/build/runtimes/runtime-lock.ts', 'runtimeLockSchema'],
    writtenBy: 'mwpipe',
  },
  {
    name: 'extension-sets/NAME.layers.json',
    id: 'layers',
    lead: "How the layers of a set's code are cut. `mwpipe build` writes it; commit it with the lock.",
    schema: layersSchema,
    from: ['src/build/plan/layers-file.ts', 'layersSchema'],
    writtenBy: 'mwpipe',
  },
  {
    name: '.pipeline/mwpipe.yaml of a component',
    id: 'pipeline',
    lead: 'Build steps that a component brings itself: used where the set says nothing of `build:` for it.',
    schema: pipelineSchema,
    from: ['src/build/steps/own-steps.ts', 'pipelineSchema'],
  },
  {
    name: 'A graph of mwpipe graph --format json',
    id: 'graph',
    lead: 'Which component depends on which, by kind of edge, for other programs. `mwpipe graph` writes it, nobody else.',
    schema: graphSchema,
    from: ['src/resolve/graph/graph-document.ts', 'graphSchema'],
    writtenBy: 'mwpipe',
  },
];

export function filesPage(root: string): string {
  return join([
    head(
      'Files',
      'The files of a workspace that people write. An unknown key is an error that names its line; a key that is not' +
        ' required has the default shown, or is left out.',
    ),
    ...FILES.map((file) => section(root, file)),
  ]);
}

export function schemaFiles(root: string): (readonly [string, string])[] {
  return FILES.map((file) => [`schemas/${file.id}.json`, `${JSON.stringify(schemaOf(root, file), undefined, 2)}\n`]);
}

function schemaOf(root: string, { name, schema, from }: DescribedFile): JsonSchema & { title: string } {
  return { title: name, ...jsonSchemaOf(schema, schemaDocs(joinPath(root, from[0]), from[1])) };
}

function section(root: string, file: DescribedFile): string {
  const rows = keyRows(schemaOf(root, file));
  return join([
    `## ${file.name}`,
    file.lead,
    table(
      ['Key', 'Type', 'Default', 'Meaning'],
      rows.map((row) => [code(row.key), row.type, row.presence, row.meaning]),
    ),
    file.writtenBy === 'mwpipe'
      ? `As JSON Schema: [schemas/${file.id}.json](schemas/${file.id}.json).`
      : `For an editor: [schemas/${file.id}.json](schemas/${file.id}.json), named in the file's first line as` +
        ` \`# yaml-language-server: $schema=…\`.`,
  ]);
}
