/** Runs the check program of an image with a bundle beside it, in a container that has neither network nor volumes. */
import { Readable } from 'node:stream';
import { TAR_END, tarHeader, tarPadding } from '../../kernel/tar.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { silent, type RunContext } from '../../kernel/run-context.ts';
import type { Runner } from '../../kernel/runner.ts';
import { bundleFiles, OVERLAY_FOLDER, type BundleFiles } from '../bundle/bundle-tar.ts';
import { lineReader, type CheckLine } from './check-answer.ts';

export interface CheckWish {
  readonly bundle: BundleFiles;
  readonly image: string;
  /** Undefined: all that the bundle's farm.php names. */
  readonly wikis: readonly string[] | undefined;
  /** PHP files that no accepted bundle had. */
  readonly parse: readonly string[];
  /** How many wikis are evaluated again, to see whether the same comes out. */
  readonly twice: number;
  /** In another second. */
  readonly wait: boolean;
  /** Whether several wikis may be evaluated in one process: no PHP but MediaWiki's own sees their settings. */
  readonly together: boolean;
  /** Whether to tell what settings the image knows. */
  readonly schema: boolean;
}

/** For one wiki: of the processor's time and of the clock's; the image's own FPM has 256 MB and 60 s for a whole request. */
const LIMITS = { seconds: 5, elapsed: 20, memory: '256M' };
const MEMORY_BYTES = 2_000_000_000;
const PROCESSES = 128;
const DEADLINE_MS = 60_000;
const DEADLINE_MS_A_WIKI = 300;
const MOST_WIKIS = 2000;

const ARGV = [
  'php',
  ...['opcache.enable_cli=1', 'opcache.memory_consumption=128', 'opcache.interned_strings_buffer=16'],
  ...['opcache.validate_timestamps=0', 'display_errors=stderr', 'log_errors=0'],
].flatMap((option) => (option === 'php' ? [option] : ['-d', option]));

/** @returns the paths that the settings wrote to; fails with `runner/*`, `config/check-failed` */
export async function askImage(
  wish: CheckWish,
  { runner, take }: { readonly runner: Runner; readonly take: (line: CheckLine) => void },
  context: RunContext<never>,
): Promise<Outcome<readonly string[]>> {
  let written: string[] | undefined;
  const said = { stdout: '', stderr: '' };
  const read = lineReader((line) => {
    if (line.say === 'end') written = innermost(line.written);
    take(line);
  });
  const output = {
    stdout: (chunk: string) => {
      said.stdout = `${said.stdout}${chunk}`.slice(-500);
      read(chunk);
    },
    stderr: (chunk: string) => void (said.stderr = `${said.stderr}${chunk}`.slice(-500)),
  };
  const request = {
    image: wish.image,
    argv: [...ARGV, '/usr/local/lib/mwpipe/check.php'],
    env: { MWPIPE_BUNDLE: wish.bundle.hash },
    // www-data of Debian, by number: a pod knows no names.
    user: '33:33',
    inputs: [{ at: OVERLAY_FOLDER, tar: Readable.from(entriesOf(wish)) }],
    deadlineMs: DEADLINE_MS + (wish.wikis?.length ?? MOST_WIKIS) * DEADLINE_MS_A_WIKI,
    limits: { memoryBytes: MEMORY_BYTES, processes: PROCESSES },
  };
  const result = await runner.run(request, output, silent(context));
  if (!result.ok) return result;
  if (written !== undefined) return ok(written);
  const seconds = Math.round(request.deadlineMs / 1000);
  const why = result.value.timedOut ? `it took more than ${seconds} s` : (said.stderr || said.stdout).trim();
  return fail(noAnswer(why || `exit code ${result.value.exitCode}`));
}

function* entriesOf({ bundle, wikis, ...how }: CheckWish): Generator<Uint8Array> {
  const { parse, twice, wait, together, schema } = how;
  const facts = { bundle: bundle.hash, wikis: wikis ?? null, parse, twice, wait, together, schema };
  const asked = Buffer.from(JSON.stringify({ ...facts, ...LIMITS }));
  yield tarHeader({ kind: 'file', path: 'check.json', bytes: asked.byteLength, mtime: 0 });
  yield asked;
  yield tarPadding(asked.byteLength);
  yield* bundleFiles(bundle);
  yield TAR_END;
}

/** Folders change with what is made in them. */
function innermost(written: readonly string[]): string[] {
  return written.filter((path) => !written.some((other) => other.startsWith(`${path}/`)));
}

function noAnswer(why: string): Diagnostic {
  return {
    code: 'config/check-failed',
    message: `the check ended without an answer: ${why}`,
    hint: 'was this image made by this version of mwpipe? mwpipe build',
    exit: 'outside',
  };
}
