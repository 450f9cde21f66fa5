/** The Docker engine: finds it, asks whether it answers, and turns what it refuses into diagnostics. */
import Docker from 'dockerode';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { messageOf, systemCodeOf } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';

export type { Docker };

/** A client by the usual rules: DOCKER_HOST and its kin, else the local socket. Connects at the first call. */
export function dockerEngine(): Docker {
  return new Docker();
}

/** Runs calls to the engine; what goes wrong in daily life becomes a diagnostic, the rest is thrown on. */
export async function guardEngine<T>(call: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return ok(await call());
  } catch (thrown) {
    const known = diagnosticOf(thrown);
    if (known === undefined) throw thrown;
    return fail(known);
  }
}

/** No socket, nobody at it, or it went away while we spoke. */
const GONE = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/** The diagnostic for a known failure of the engine; undefined for what nobody expects. */
function diagnosticOf(thrown: unknown): Diagnostic | undefined {
  const code = systemCodeOf(thrown);
  const message = messageOf(thrown);
  if (GONE.has(code ?? '') || /socket hang up/.test(message)) {
    return {
      code: 'docker/not-running',
      message: `no Docker engine answers (${message})`,
      hint: 'start it (systemctl start docker, or dockerd &), or set DOCKER_HOST; check with: docker info',
      exit: 'outside',
    };
  }
  if (code === 'EACCES') {
    return {
      code: 'docker/not-allowed',
      message: 'this user may not use the Docker engine',
      hint: 'run as root, or add yourself to the group docker and log in again',
      exit: 'outside',
    };
  }
  if (/no space left on device/i.test(message)) {
    return {
      code: 'docker/disk-full',
      message: 'the Docker engine has no space left',
      hint: 'free some: docker system df, then docker image prune; nothing half-made was kept',
      exit: 'outside',
    };
  }
  return undefined;
}

/** The HTTP status of the engine's answer (404 no such object, 409 name in use), where the error is one. */
export function statusOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('statusCode' in thrown)) return undefined;
  return typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
}

/** Undefined where the object doesn't exist. */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (thrown) {
    if (statusOf(thrown) === 404) return undefined;
    throw thrown;
  }
}
