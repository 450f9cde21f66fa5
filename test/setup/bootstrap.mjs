/**
 * The first command after `git clone`: plain JavaScript that Node 20 can run. Says what this machine lacks, asks once
 * where a person sits at the terminal, installs it, and goes on under the Node.js that mwpipe needs.
 *
 * usage: node test/setup/bootstrap.mjs SCRIPT.ts [--yes] [--strict] [arguments of the script]
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const node = join(root, 'node_modules', '.bin', 'node');
const cache = process.env.MWPIPE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mwpipe');
const [script, ...words] = process.argv.slice(2);
const isRoot = process.getuid?.() === 0;
const say = (text) => process.stderr.write(`${text}\n`);

/** Debian packages by the program that shows that they are there. */
const PROGRAMS = [
  { program: 'git', packages: ['git'], why: 'to read and write repos' },
  { program: 'dockerd', packages: ['docker.io', 'iptables'], why: 'to run MediaWiki', unless: engineAnswers },
  { program: 'iptables', packages: ['iptables'], why: "for Docker's networks", unless: engineAnswers },
  { program: 'debootstrap', packages: ['debootstrap'], why: 'to make base images from the signed Debian archive' },
];

/** Debian packages that only tests ask, by the file that shows that they are there; without them those are skipped. */
const FOR_TESTS = [
  {
    need: 'composer',
    files: ['/usr/bin/php', '/usr/share/php/Composer/Semver/autoload.php'],
    packages: ['php-cli', 'php-composer-semver'],
    why: 'for the tests that hold the constraint checker against Composer',
  },
  {
    need: 'registry',
    files: ['/usr/bin/docker-registry', '/usr/bin/skopeo'],
    packages: ['docker-registry', 'skopeo'],
    why: 'for the tests that push images to a real registry, and read them with another client',
  },
  {
    need: 'openssl',
    files: ['/usr/bin/openssl'],
    packages: ['openssl'],
    why: 'for the tests that hold our signatures against it',
  },
  {
    need: 'kubernetes',
    files: [
      ...['etcd', 'containerd', 'openssl', 'curl'].map((program) => `/usr/bin/${program}`),
      ...['iptables', 'conntrack', 'ip'].map((program) => `/usr/sbin/${program}`),
      ...['/bin/busybox', '/usr/lib/cni/bridge'],
    ],
    packages: [
      ...['etcd-server', 'containerd', 'containernetworking-plugins', 'iptables', 'iproute2', 'openssl', 'conntrack'],
      ...['busybox-static', 'curl'],
    ],
    why: 'for the tests on a real Kubernetes cluster, one on this machine',
    unless: () => process.env.MWPIPE_TEST_KUBECONFIG !== undefined,
  },
  {
    need: 'kubernetes',
    files: ['/usr/bin/go', '/usr/share/gocode/src/github.com/modern-go/reflect2', '/usr/bin/dpkg-source'],
    packages: ['golang-go', 'golang-github-modern-go-reflect2-dev', 'dpkg-dev'],
    why: "to build Kubernetes from Debian's source package for those tests: 5-8 minutes, once",
    unless: () =>
      process.env.MWPIPE_TEST_KUBECONFIG !== undefined ||
      existsSync(join(cache, 'lab', 'kubernetes-1.20.2', 'bin', 'kube-proxy')),
  },
];

const QUIET = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 'ignore', 'inherit'] };
const INSTALL = ['install', '-q', '-y', '--no-install-recommends'];

await main();

async function main() {
  if (words.includes('--down') && !existsSync(node)) return say('nothing to remove: nothing was ever installed here');
  const lacking = await lackingPackages();
  const npmNeeded = needsNpm();
  const forTests = lackingForTests();
  await announce({ lacking, npmNeeded, forTests });
  if (npmNeeded) run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root });
  const missing = [...installPackages(lacking), ...forTests.flatMap(installForTests), ...(await startDocker())];
  process.exitCode = await goOn(missing);
}

function needsNpm() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(node) || !existsSync(installed)) return true;
  return statSync(join(root, 'package-lock.json')).mtimeMs > statSync(installed).mtimeMs + 1000;
}

async function lackingPackages() {
  const lacking = new Map();
  for (const { program, packages, why, unless } of PROGRAMS) {
    if (has(program) || (unless !== undefined && (await unless()))) continue;
    for (const name of packages) if (!lacking.has(name)) lacking.set(name, why);
  }
  return lacking;
}

function lackingForTests() {
  if (script !== 'test/setup/run-tests.ts') return [];
  return FOR_TESTS.filter(({ files, unless }) => unless?.() !== true && !files.every((file) => existsSync(file)));
}

async function announce({ lacking, npmNeeded, forTests }) {
  const plans = [
    ...(npmNeeded ? [`npm packages, with Node.js 24, into ${join(root, 'node_modules')}`] : []),
    ...(isRoot && isDebian() ? [...lacking].map(([name, why]) => `Debian package ${name}, ${why}`) : []),
    ...(isRoot && isDebian()
      ? forTests.map(({ packages, why }) => `Debian packages ${packages.join(', ')}, ${why}`)
      : []),
    ...((await engineAnswers()) || !isRoot ? [] : ['a Docker engine: dockerd is started if none answers']),
  ];
  if (plans.length === 0) return;
  say(
    `This machine lacks some of what is needed. To be installed or started:\n${plans.map((plan) => `  - ${plan}`).join('\n')}`,
  );
  if (!process.stdin.isTTY || !process.stderr.isTTY || words.includes('--yes')) return;
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asked.question('Go on? [Y/n] ');
  asked.close();
  if (/^n/i.test(answer.trim())) {
    say('nothing was installed');
    process.exit(4);
  }
}

/** @returns what could not be had, each with what to do */
function installPackages(lacking) {
  if (lacking.size === 0) return [];
  const names = [...lacking.keys()];
  if (!isDebian()) return [`debian: this isn't a Debian machine; install by its own means: ${names.join(' ')}`];
  if (!isRoot) return [`root: run as root: apt-get install ${names.join(' ')}`];
  run('apt-get', ['update', '-q'], QUIET);
  run('apt-get', [...INSTALL, ...names], QUIET);
  return [];
}

/** Tests that can't have them are skipped: nothing else waits for these. @returns as installPackages */
function installForTests({ need, packages }) {
  const names = packages.join(' ');
  if (!isDebian()) return [`${need}: this isn't a Debian machine; its packages there: ${names}`];
  if (!isRoot) return [`${need}: run as root: apt-get install ${names}`];
  spawnSync('apt-get', ['update', '-q'], QUIET);
  const installed = spawnSync('apt-get', [...INSTALL, ...packages], QUIET);
  return installed.status === 0 ? [] : [`${need}: apt-get install ${names} failed`];
}

async function startDocker() {
  if (await engineAnswers()) return [];
  if (!has('dockerd')) return ['docker: no Docker engine answers and dockerd is not installed'];
  if (!isRoot) return ['docker: no Docker engine answers; run as root: systemctl start docker (or dockerd &)'];
  mkdirSync(cache, { recursive: true });
  const log = join(cache, 'dockerd.log');
  const out = openSync(log, 'a');
  spawn('dockerd', [], { detached: true, stdio: ['ignore', out, out] }).unref();
  for (let tries = 0; tries < 120; tries += 1) {
    if (await engineAnswers()) return [];
    await delay(250);
  }
  return [`docker: dockerd did not come up in 30 s; its log: ${log}`];
}

/** The script itself, on the right Node, in the foreground: signals reach it, its exit code is ours. */
async function goOn(missing) {
  if (!existsSync(node)) {
    say('npm ci did not bring Node.js 24: is "allowScripts": {"node": true} in package.json?');
    return 3;
  }
  const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}`, MWPIPE_MISSING: missing.join('\n') };
  const child = spawn(node, [join(root, script), ...words], { stdio: 'inherit', env });
  const pass = (signal) => () => child.kill(signal);
  process.on('SIGTERM', pass('SIGTERM'));
  process.on('SIGINT', () => undefined); // the terminal sends it to the child too
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal === null ? (code ?? 70) : 130)));
}

function engineAnswers() {
  if (process.env.DOCKER_HOST !== undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    const ping = request({ socketPath: '/var/run/docker.sock', path: '/_ping', timeout: 5000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    ping.on('error', () => resolve(false)).on('timeout', () => ping.destroy());
    ping.end();
  });
}

function has(program) {
  return [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].some((folder) =>
    existsSync(join(folder, program)),
  );
}

function isDebian() {
  try {
    return /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8')) && has('apt-get');
  } catch {
    return false;
  }
}

function run(command, argv, options) {
  say(`$ ${command} ${argv.join(' ')}`);
  const done = spawnSync(command, argv, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (done.status === 0) return;
  say(`${command} failed: ${done.error?.message ?? `exit ${String(done.status)}`}`);
  process.exit(3);
}
