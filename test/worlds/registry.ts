/** Debian's docker-registry on a port of its own, with its storage in a folder that goes with it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '../../src/kernel/digest.ts';

export interface RegistryWorld extends AsyncDisposable {
  /** `127.0.0.1:34567` */
  readonly host: string;
  readonly port: number;
  /** Changes a byte of what it stores, and leaves the length: what a real registry did for days. */
  damage(blob: Digest): Promise<void>;
}

export const TEST_LOGIN = { user: 'mwpipe', password: 'a-long-password' } as const;
/** Of that login, by `htpasswd -nbB -C 4`. */
const HTPASSWD = 'mwpipe:$2y$04$Hz4k4Vn35YSiP3Mf5tG2nu2wmq.B6GvFAte/GN78Th48YpD8yqBzW\n';

export async function registryWorld(options: { readonly auth?: 'htpasswd' } = {}): Promise<RegistryWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-registry-'));
  const data = join(folder, 'data');
  await writeFile(join(folder, 'htpasswd'), HTPASSWD);
  const htpasswd = { realm: 'mwpipe-test', path: join(folder, 'htpasswd') };
  const config = {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true }, formatter: 'text' },
    storage: { filesystem: { rootdirectory: data }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0', secret: 'the same for all processes' },
    ...(options.auth === 'htpasswd' ? { auth: { htpasswd } } : {}),
  };
  await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  const exited = once(child, 'exit');
  const port = await new Promise<number>((resolve, reject) => {
    const read = (text: Buffer): void => {
      log = (log + text.toString('utf8')).slice(-100_000);
      const found = /listening on 127\.0\.0\.1:(\d+)/.exec(log)?.[1];
      if (found !== undefined) resolve(Number(found));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', reject).on('exit', () => reject(new Error(`docker-registry ended: ${log}`)));
  });
  const blobPath = (blob: Digest): string =>
    join(data, 'docker/registry/v2/blobs/sha256', blob.slice(7, 9), blob.slice(7), 'data');
  return {
    host: `127.0.0.1:${port}`,
    port,
    damage: async (blob) => {
      const bytes = await readFile(blobPath(blob));
      bytes[Math.floor(bytes.length / 2)]! ^= 0x58;
      await writeFile(blobPath(blob), bytes);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
