/** A runner in memory for build steps: programs are functions on a map of files, by the last word of their argv. */
import { Readable } from 'node:stream';
import { extract, pack, type Header } from 'tar-stream';
import { ok, type Outcome } from '../../../src/kernel/outcome.ts';
import type { OutputSink, Runner, RunRequest, RunResult } from '../../../src/kernel/runner.ts';

export interface BoxFile {
  readonly type: NonNullable<Header['type']>;
  readonly data?: string;
  readonly mode?: number;
  readonly linkname?: string;
}

export interface Box {
  /** By absolute path. */
  readonly files: Map<string, BoxFile>;
  readonly env: Readonly<Record<string, string>>;
  /** A file in the component's folder. */
  readonly write: (path: string, data: string) => undefined;
  readonly put: (path: string, file: BoxFile) => undefined;
  readonly read: (path: string) => string | undefined;
  readonly say: (line: string) => undefined;
  /** Tells a path in it as changed, which the engine then can't hand over. */
  readonly change: (path: string) => undefined;
  readonly changed: readonly string[];
}

/** Its exit code; nothing is 0. `hang` never ends. */
export type BoxProgram = (box: Box) => number | undefined | 'hang';

export interface FakeStepRunner extends Runner {
  readonly requests: RunRequest[];
}

export function fakeStepRunner(programs: Readonly<Record<string, BoxProgram>>): FakeStepRunner {
  const requests: RunRequest[] = [];
  return {
    requests,
    run: async (request, output): Promise<Outcome<RunResult>> => {
      requests.push(request);
      const files = new Map<string, BoxFile>();
      for (const { at, tar } of request.inputs ?? []) await unpack(tar, { at, files });
      const box = boxOf(request, { files, output });
      const ended = programs[request.argv.at(-1) ?? '']?.(box);
      if (ended === 'hang') return ok({ exitCode: 137, timedOut: true });
      const exitCode = ended ?? 0;
      if (exitCode !== 0)
        return ok({ exitCode, timedOut: false, ...(request.keepFailed === true ? { keptAs: 'abc' } : {}) });
      const missing: string[] = [];
      for (const path of request.collect?.paths ?? []) {
        const inside = [...files].filter(([name]) => name.startsWith(`${path}/`));
        if (inside.length === 0) missing.push(path);
        else await request.collect?.take(path, packed(path, inside));
      }
      const changed = [...new Set([...files.keys(), ...box.changed].flatMap(withFolders))].sort();
      return ok({ exitCode, timedOut: false, changed, missing });
    },
  };
}

function boxOf(
  { workdir = '', env = {} }: RunRequest,
  { files, output }: { readonly files: Map<string, BoxFile>; readonly output: OutputSink },
): Box {
  const changed: string[] = [];
  return {
    files,
    env,
    changed,
    write: (path, data) => done(files.set(`${workdir}/${path}`, { type: 'file', data })),
    put: (path, file) => done(files.set(`${workdir}/${path}`, file)),
    read: (path) => files.get(`${workdir}/${path}`)?.data,
    say: (line) => {
      output.stdout(`${line}\n`);
      return undefined;
    },
    change: (path) => done(changed.push(`${workdir}/${path}`)),
  };
}

/** So that a program can be one expression. */
function done(...results: readonly unknown[]): undefined {
  results.at(0);
  return undefined;
}

async function unpack(
  tar: AsyncIterable<Uint8Array>,
  { at, files }: { readonly at: string; readonly files: Map<string, BoxFile> },
): Promise<void> {
  const reader = extract();
  Readable.from(tar, { objectMode: false }).pipe(reader);
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    const { name, type, mode, linkname } = entry.header;
    if (type === 'directory') continue;
    files.set(`${at === '/' ? '' : at}/${name}`, {
      type,
      data: Buffer.concat(chunks).toString(),
      mode,
      linkname,
    });
  }
}

function packed(path: string, inside: readonly (readonly [string, BoxFile])[]): AsyncIterable<Uint8Array> {
  const writer = pack();
  const above = path.slice(0, path.lastIndexOf('/') + 1);
  const folders = new Set(inside.flatMap(([name]) => withFolders(name).slice(0, -1)));
  for (const folder of folders) {
    if (folder.startsWith(path)) writer.entry({ name: `${folder.slice(above.length)}/`, type: 'directory' });
  }
  for (const [name, { type, data = '', mode = 0o644, linkname }] of inside) {
    const header = { name: name.slice(above.length), type, mode, ...(linkname === undefined ? {} : { linkname }) };
    if (type === 'file') writer.entry(header, data);
    else writer.entry(header);
  }
  writer.finalize();
  return writer as AsyncIterable<Uint8Array>;
}

function withFolders(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 2).join('/'));
}
