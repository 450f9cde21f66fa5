/** The demo's own workspace: this checkout's sets, overlays and images, copied, so that playing with it changes no file of yours. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const COPIED = ['extension-sets', 'config-overlays', 'images'];

/** Where a demo keeps what is its own, and the target that it deploys to. */
export interface DemoPlace {
  readonly cache: string;
  /** Target, and folder below the cache's `demo`. */
  readonly name: string;
}

export interface DemoWorkspace {
  readonly folder: string;
  readonly target: string;
  readonly port: number;
  /** Set where the usual port was taken by something else. */
  readonly portTaken?: number;
}

/** Made anew each time; the port of a demo that still runs is kept, a taken one is replaced. */
export async function demoWorkspace(place: DemoPlace, ownPort: number | undefined): Promise<DemoWorkspace> {
  const folder = workspaceFolder(place);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const name of COPIED) await cp(join(root, name), join(folder, name), { recursive: true });
  const text = await readFile(join(root, 'mwpipe.yaml'), 'utf8');
  const usual = Number(/port: (\d+)/.exec(text)?.[1] ?? 8080);
  const port = ownPort ?? ((await isFree(usual)) ? usual : await freePort());
  const own = text.replace(/port: \d+/, `port: ${String(port)}`).replace(/^ {2}docker:$/m, `  ${place.name}:`);
  await writeFile(join(folder, 'mwpipe.yaml'), own);
  return { folder, target: place.name, port, ...(port === usual ? {} : { portTaken: usual }) };
}

export const workspaceFolder = ({ cache, name }: DemoPlace): string => join(cache, 'demo', name);

/** Changes one value of the demo overlay's settings; what a config deployer does in an editor. */
export async function editSettings(workspace: DemoWorkspace, change: (text: string) => string): Promise<void> {
  const file = join(workspace.folder, 'config-overlays', 'demo', 'settings.yaml');
  const before = await readFile(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`the edit of ${file} changed nothing`);
  await writeFile(file, after);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
