/** A real HAProxy in front of two tiny instances, on a network of its own; all of it goes when the test ends. */
import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import { dockerEngine } from '../../../src/adapters/docker/engine.ts';
import { exec } from '../../../src/adapters/docker/exec.ts';
import { haproxyRouter, saveState, type RouterShell } from '../../../src/adapters/haproxy/router.ts';
import { CONFIG_FILE, pinFile, ROUTER_FOLDER, routerConfig } from '../../../src/adapters/haproxy/router-config.ts';
import type { Router } from '../../../src/rollout/ports.ts';
import type { RouterWorld } from '../../contract/router.contract.ts';
import { testContext } from '../context.ts';
import { runtimeImage } from './images.ts';

export interface HaproxyWorld extends RouterWorld {
  readonly url: string;
  readonly shell: RouterShell;
  readonly pinKey: string;
  container(name: 'router' | 'blue' | 'green'): Docker.Container;
  /** A new HAProxy process takes over the listening socket. */
  reload(): Promise<void>;
}

/** Answers its slot's name, `/fail` with 500, `/slow` after 300 ms; `/headers` with what it was sent. */
const APP = `
$uri = $_SERVER['REQUEST_URI'];
if ( $uri === '/fpm-ping' ) { echo 'pong'; return; }
if ( $uri === '/fail' ) { http_response_code( 500 ); }
if ( $uri === '/slow' ) { usleep( 300000 ); }
echo $uri === '/headers' ? json_encode( getallheaders() ) : getenv( 'SLOT' );
`;

export async function haproxyWorld(): Promise<HaproxyWorld> {
  const docker = dockerEngine();
  const id = `mwpipe-test-${randomUUID().slice(0, 8)}`;
  const network = await docker.createNetwork({ Name: id, Labels: { 'mwpipe.test': id } });
  const containers = await Promise.all(['blue', 'green'].map((slot) => startInstance(docker, id, slot)));
  const router = await startRouter(docker, id);
  const shell: RouterShell = (command, context) => exec({ docker, container: router.id }, command, context);
  let url = await addressOf(router);
  const port = haproxyRouter(shell);
  await until(async () => (await readySlots(port)).length === 2);
  const named = { router, blue: containers[0]!, green: containers[1]! };
  return {
    router: port,
    get url() {
      return url;
    },
    shell,
    pinKey: 'key-of-the-test',
    container: (name) => named[name],
    request: (path = '/') => answer(`${url}${path}`),
    stopInstance: async (slot) => {
      await named[slot as 'blue'].kill();
      await until(async () => !(await readySlots(port)).includes(slot));
    },
    restartRouter: async () => {
      await router.restart({ t: 1 });
      url = await addressOf(router);
      await until(async () => (await readySlots(port)).length > 0);
    },
    reload: async () => {
      await saveState(shell, testContext());
      await router.kill({ signal: 'SIGUSR2' });
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([router, ...containers].map((container) => container.remove({ force: true, v: true })));
      await network.remove();
    },
  };
}

async function startInstance(docker: Docker, id: string, slot: string): Promise<Docker.Container> {
  const container = await docker.createContainer({
    name: `${id}-${slot}`,
    Image: await runtimeImage('web'),
    Entrypoint: ['sh', '-c'],
    Cmd: ['printf "<?php %s" "$APP" > /app.php; PHP_CLI_SERVER_WORKERS=4 exec php -S 0.0.0.0:8080 /app.php'],
    Env: [`SLOT=${slot}`, `APP=${APP}`],
    Labels: { 'mwpipe.test': id },
    HostConfig: { NetworkMode: id },
  });
  await container.start();
  return container;
}

async function startRouter(docker: Docker, id: string): Promise<Docker.Container> {
  const config = routerConfig({ slots: ['blue', 'green'].map((slot) => ({ slot, instances: [`${id}-${slot}`] })) });
  const files = {
    [CONFIG_FILE]: config,
    [pinFile('blue')]: 'blue:key-of-the-test',
    [pinFile('green')]: 'green:key-of-the-test',
  };
  const write = Object.entries(files).map(([path, text]) => `cat > ${path} <<'END'\n${text}\nEND`);
  const script = `mkdir -p ${ROUTER_FOLDER} /run/haproxy\n[ -e ${CONFIG_FILE} ] || {\n${write.join('\n')}\n}\nexec haproxy -W -db -f ${CONFIG_FILE}`;
  const container = await docker.createContainer({
    name: `${id}-router`,
    Image: await runtimeImage('router'),
    Entrypoint: ['sh', '-c'],
    Cmd: [script],
    Labels: { 'mwpipe.test': id },
    ExposedPorts: { '8080/tcp': {} },
    HostConfig: { NetworkMode: id, PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '0' }] } },
  });
  await container.start();
  return container;
}

/** The engine chooses a free port at each start. */
async function addressOf(router: Docker.Container): Promise<string> {
  const { Ports } = (await router.inspect()).NetworkSettings;
  return `http://127.0.0.1:${Ports['8080/tcp']?.[0]?.HostPort ?? ''}`;
}

async function readySlots(router: Router): Promise<string[]> {
  const view = await router.observe(testContext());
  if (!view.ok) return [];
  return Object.entries(view.value).flatMap(([slot, { ready }]) => (ready.length > 0 ? [slot] : []));
}

async function answer(url: string): Promise<string | undefined> {
  const response = await fetch(url);
  const text = await response.text();
  return ['blue', 'green'].includes(text) ? text : undefined;
}

/** Waits for what must come true within 20 s. */
export async function until(holds: () => Promise<boolean>, seconds = 20): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited ${String(seconds)} s in vain`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
