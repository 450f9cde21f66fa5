/** What can go wrong while a remote is asked directly; thrown inside this folder only, explained in `explain.ts`. */
import { systemCodeOf } from '../../../kernel/error.ts';

/**
 * `reset`: asked again at once may help. `ask-git`: git knows more (logins, certificates, older protocols) and has the
 * last word. `said`: the remote's own words.
 */
export type FaultKind =
  'reset' | 'timeout' | 'gone' | 'broken' | 'no-such-repo' | 'redirected' | 'not-git' | 'said' | 'ask-git';

export class RemoteFault extends Error {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.name = 'RemoteFault';
    this.kind = kind;
  }
}

const BY_CODE: Readonly<Record<string, FaultKind>> = {
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ECONNABORTED: 'reset',
  ERR_STREAM_PREMATURE_CLOSE: 'reset',
  ETIMEDOUT: 'timeout',
  ECONNREFUSED: 'gone',
  ENOTFOUND: 'gone',
  EAI_AGAIN: 'gone',
  EHOSTUNREACH: 'gone',
  ENETUNREACH: 'gone',
};

/** Any error of a socket as a fault; what isn't known (TLS has dozens) is git's to judge. */
export function faultOf(error: unknown): RemoteFault {
  if (error instanceof RemoteFault) return error;
  const code = systemCodeOf(error) ?? '';
  const kind = BY_CODE[code] ?? (code.startsWith('HPE_') ? 'not-git' : 'ask-git');
  return new RemoteFault(kind, error instanceof Error ? error.message : code, error);
}
