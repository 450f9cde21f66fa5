/** Debian packages of an image: those that it has, and those that the archive has newer ones of. */
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { Runner, RunRequest } from '../../kernel/runner.ts';

export interface NewerPackage {
  readonly name: string;
  readonly has: string;
  readonly newest: string;
  /** From a suite of security fixes. */
  readonly security: boolean;
}

const LIST = ['dpkg-query', '--show', '--showformat', '${Package}\t${Version}\n'];
/** As `apt list` says it, which is the one that names the suites; its warning about scripts goes away with stderr. */
const UPDATE = ['sh', '-c', 'apt-get -q -o Acquire::Retries=2 update >&2 && exec apt list --upgradable'];

/** Name to version. @returns fails with `build/no-packages` where the image isn't Debian's */
export async function readPackages(
  image: string,
  runner: Runner,
  context: RunContext,
): Promise<Outcome<Readonly<Record<string, string>>>> {
  const listed = await read({ image, argv: LIST, deadlineMs: 60_000 }, runner, context);
  if (!listed.ok) return listed;
  const lines = listed.value.split('\n').map((line) => line.split('\t'));
  return ok(Object.fromEntries(lines.flatMap(([name, version]) => (name && version ? [[name, version]] : []))));
}

/** Asks the archive that the image itself names. @returns fails with `build/no-packages` */
export async function readNewerPackages(
  image: string,
  runner: Runner,
  context: RunContext,
): Promise<Outcome<readonly NewerPackage[]>> {
  const asked = await read({ image, argv: UPDATE, network: 'host', user: '0:0', deadlineMs: 300_000 }, runner, context);
  return asked.ok ? ok(parseUpgradable(asked.value)) : asked;
}

/** `openssl/stable-security 3.0.17-1~deb12u3 amd64 [upgradable from: 3.0.16-1~deb12u1]` */
const UPGRADABLE = /^(\S+?)\/(\S+) (\S+) \S+ \[upgradable from: (\S+)\]$/;

export function parseUpgradable(text: string): readonly NewerPackage[] {
  return text.split('\n').flatMap((line) => {
    const [, name, suites = '', newest, has] = UPGRADABLE.exec(line.trim()) ?? [];
    if (name === undefined || newest === undefined || has === undefined) return [];
    return [{ name, has, newest, security: /-security\b/.test(suites) }];
  });
}

async function read(request: RunRequest, runner: Runner, context: RunContext): Promise<Outcome<string>> {
  let stdout = '';
  let stderr = '';
  const output = {
    stdout: (chunk: string) => void (stdout += chunk),
    stderr: (chunk: string) => void (stderr = (stderr + chunk).slice(-2000)),
  };
  const ran = await runner.run(request, output, context);
  if (!ran.ok) return ran;
  if (ran.value.exitCode === 0) return ok(stdout);
  const said = stderr.trim().split('\n').slice(-3).join(' ');
  return fail({
    code: 'build/no-packages',
    message: ran.value.timedOut
      ? `${request.argv[0] ?? ''} took too long in the image`
      : `${request.argv[0] ?? ''} ended with ${ran.value.exitCode} in the image: ${said}`,
    hint: 'a runtime is Debian with dpkg and apt in it; for the archive, is the network there?',
    exit: 'outside',
  });
}
