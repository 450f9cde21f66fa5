/** What can't be expected is thrown once, with its cause; `run` of the command line turns it into an exit code. */
export type ErrorSource = 'user' | 'outside' | 'policy' | 'bug';

export class MwpipeError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly source: ErrorSource;

  constructor(init: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly source: ErrorSource;
    readonly cause?: unknown;
  }) {
    super(init.message, { cause: init.cause });
    this.name = 'MwpipeError';
    this.code = init.code;
    this.hint = init.hint;
    this.source = init.source;
  }
}

/** The text of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a system error (`ENOENT`, `ENOSPC`, ...), where there is one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
