/** A workspace's images/ with one runtime of two flavours, and ports in memory that build, keep and pull them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LockPorts } from '../../src/build/index.ts';
import type { RuntimeRules } from '../../src/build/runtime-ports.ts';
import { blobStore } from '../../src/kernel/blob-store.ts';
import { fakeImageStore } from './fakes/image-store.ts';
import { packageRunner } from './fakes/package-runner.ts';
import { fakeRuntimes } from './fakes/runtimes.ts';
import { fakeRuntimeSource, type FakeRuntimeSource } from './fakes/runtime-source.ts';

export interface RuntimesWorld extends AsyncDisposable {
  readonly folder: string;
  readonly ports: LockPorts;
  readonly source: FakeRuntimeSource;
  /** Of images that the engine built, in order. */
  readonly built: readonly string[];
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** The same workspace on another machine: nothing in its cache and engine, the same registry. */
  elsewhere(rules?: Partial<RuntimeRules>): Promise<RuntimesWorld>;
}

const RUNTIME = {
  'php/image.yaml':
    'version: 1\ndescription: PHP\nbase: { debian: trixie, variant: minbase }\nflavours: { web: web, test: test }\n',
  'php/Dockerfile': 'ARG BASE\nFROM ${BASE} AS web\nRUN web\nCOPY common/entry /entry\nFROM web AS test\nRUN test\n',
  'common/entry': '#!/bin/sh\n',
};

export async function runtimesWorld(rules: Partial<RuntimeRules> = {}): Promise<RuntimesWorld> {
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-runtimes-'));
  const world = await machine({ root, folder: join(root, 'images'), rules, source: fakeRuntimeSource() });
  await world.write(RUNTIME);
  return world;
}

let machines = 0;
const machineNumber = (): string => String((machines += 1));

interface Machine {
  readonly root: string;
  readonly folder: string;
  readonly rules: Partial<RuntimeRules>;
  readonly source: FakeRuntimeSource;
}

async function machine({ root, folder, rules, source }: Machine): Promise<RuntimesWorld> {
  const blobs = blobStore(await mkdtemp(join(root, 'blobs-')));
  const images = fakeImageStore(blobs);
  const built: string[] = [];
  const { runtimes, bases } = fakeRuntimes(blobs, ({ tag }) => void built.push(tag), root + machineNumber());
  return {
    folder,
    source,
    built,
    ports: {
      blobs,
      runtimes,
      bases,
      images,
      runner: packageRunner,
      folder,
      rules: { bases: [], platform: 'linux/amd64', frozen: false, ...rules },
      source: { pull: (wanted, context) => source.into(blobs).pull(wanted, context) },
    },
    write: async (files) => {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    },
    elsewhere: (other = {}) => machine({ root, folder, rules: { ...rules, ...other }, source }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
