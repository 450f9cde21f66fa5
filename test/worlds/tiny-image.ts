/** The smallest image that can run a shell: a static busybox from the machine, imported once. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';

const TAG = 'mwpipe-test/tiny:1';

/** @returns its image ID */
export async function tinyImage(docker: Docker): Promise<string> {
  const found = await docker
    .getImage(TAG)
    .inspect()
    .catch(() => undefined);
  if (found !== undefined) return found.Id;
  const folder = mkdtempSync(join(tmpdir(), 'mwpipe-tiny-'));
  try {
    const archive = shellArchive(folder);
    const stream = await docker.importImage(Readable.from(archive), { repo: 'mwpipe-test/tiny', tag: '1' });
    await new Promise((resolve, reject) =>
      stream
        .on('data', () => undefined)
        .on('end', resolve)
        .on('error', reject),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return (await docker.getImage(TAG).inspect()).Id;
}

/** The machine's own sh, sleep, cat and true with the libraries that they need: no package to install. */
function shellArchive(folder: string): Buffer {
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'tmp'));
  const programs = ['sh', 'sleep', 'cat', 'true', 'echo', 'ls'].map((name) => `/bin/${name}`);
  for (const program of programs) copyFileSync(program, join(folder, program));
  for (const library of programs.flatMap(librariesOf)) {
    mkdirSync(join(folder, library, '..'), { recursive: true });
    copyFileSync(library, join(folder, library));
  }
  symlinkSync('bin', join(folder, 'sbin'));
  return execFileSync('tar', ['-C', folder, '-c', '.'], { maxBuffer: 100e6 });
}

function librariesOf(program: string): string[] {
  const said = execFileSync('ldd', [program], { encoding: 'utf8' });
  return said.match(/\/[^\s()]+/g)?.filter((path) => path.includes('.so')) ?? [];
}
