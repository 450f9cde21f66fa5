/**
 * Runs one command, the same way for all: events to the renderers, the outcome to text or JSON, failures to
 * diagnostics and an exit code. The only place that knows the exit codes.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Diagnostic, ExitClass } from '../kernel/diagnostic.ts';
import { systemClock } from '../kernel/clock.ts';
import { messageOf, MwpipeError, type ErrorSource } from '../kernel/error.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext, StepEvent } from '../kernel/run-context.ts';
import { openWorkspace, type Workspace } from '../kernel/workspace.ts';
import { checkoutRoot } from './checkout.ts';
import {
  environment,
  exitNow,
  onInterrupt,
  setExitCode,
  standardError,
  standardOutput,
  workingDirectory,
} from './process.ts';
import { diagnosticsText, publicDiagnostic, revealedDiagnostic } from './render/diagnostic.ts';
import { jsonRenderer, textRenderer, type Line, type Renderer } from './render/renderer.ts';

export const EXIT = { done: 0, failed: 1, input: 2, outside: 3, refused: 4, bug: 70, interrupted: 130 } as const;

/** What people and programs are told at the end. `exit` says that the thing checked failed, though mwpipe did not. */
export interface Shown {
  readonly text: string;
  readonly json: unknown;
  readonly exit?: 'failed' | 'outside' | 'refused';
}

interface Invocation<Event extends StepEvent, Value> {
  readonly flags: GlobalFlags;
  /** One event as a line; a progress line is replaced by the next; undefined for what people needn't see. */
  readonly line: (event: Event) => Line | undefined;
  readonly verb: (tools: Tools<Event>) => Promise<Outcome<Value>>;
  readonly show: (value: Value, facts: { readonly ms: number }) => Shown;
}

export interface GlobalFlags {
  readonly json?: boolean;
  readonly workspace?: string;
  /** Of commands that know private patches; `force` where no terminal is at the other end. */
  readonly reveal?: true | string;
}

export interface Tools<Event extends StepEvent> {
  readonly context: RunContext<Event>;
  readonly cache: string;
  readonly cwd: string;
  workspace(): Promise<Outcome<Workspace>>;
}

export type RunCommand = <Event extends StepEvent, Value>(invocation: Invocation<Event, Value>) => Promise<void>;

/** What a command's file exports: flags in, one call to a step, a rendering out. */
export type MakeCommand = (run: RunCommand) => Command;

export const runCommand: RunCommand = async (invocation) => {
  const renderer: Renderer<StepEvent> =
    invocation.flags.json === true
      ? jsonRenderer(standardOutput())
      : textRenderer({ terminal: standardError(), line: invocation.line as (event: StepEvent) => Line | undefined });
  const interruption = watchInterrupts(renderer);
  const started = systemClock.now();
  try {
    const outcome = await invocation.verb(toolsFor(invocation.flags, { renderer, signal: interruption.signal }));
    renderer.close();
    if (outcome.ok) {
      finish(invocation.flags, invocation.show(outcome.value, { ms: systemClock.now() - started }));
    } else if (interruption.signal.aborted) {
      finishInterrupted(invocation.flags);
    } else {
      finishFailed(invocation.flags, outcome.diagnostics);
    }
  } catch (thrown) {
    renderer.close();
    if (interruption.signal.aborted) finishInterrupted(invocation.flags);
    else finishThrown(invocation.flags, thrown);
  } finally {
    interruption.end();
  }
};

function toolsFor(
  flags: GlobalFlags,
  parts: { readonly renderer: Renderer<StepEvent>; readonly signal: AbortSignal },
): Tools<StepEvent> {
  const debugFile = environment.debugFile();
  const emit = (event: StepEvent): void => {
    parts.renderer.event(event);
    if (debugFile !== undefined) appendFileSync(debugFile, `${JSON.stringify({ at: systemClock.now(), ...event })}\n`);
  };
  const from = flags.workspace ?? workingDirectory();
  return {
    context: { signal: parts.signal, emit, clock: systemClock },
    cache: environment.cache(),
    cwd: workingDirectory(),
    workspace: () =>
      openWorkspace({
        from,
        cache: environment.cache(),
        ...(flags.workspace === undefined ? { fallback: checkoutRoot } : {}),
      }),
  };
}

/** The first Ctrl-C stops at the next safe place and cleans up, the second ends at once. */
function watchInterrupts(renderer: Renderer<StepEvent>): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const end = onInterrupt(() => {
    if (controller.signal.aborted) exitNow(EXIT.interrupted);
    renderer.note('stopping at the next safe place (Ctrl-C again ends at once)');
    controller.abort(new Error('interrupted'));
  });
  return { signal: controller.signal, end };
}

function finish(flags: GlobalFlags, shown: Shown): void {
  const exit = EXIT[shown.exit ?? 'done'];
  const resultFile = environment.resultFile();
  if (resultFile !== undefined) writeFileSync(resultFile, JSON.stringify({ exit, value: shown.json }));
  if (flags.json === true) writeJson({ code: 'result', exit, value: shown.json });
  else if (shown.text !== '') standardOutput().write(shown.text.endsWith('\n') ? shown.text : `${shown.text}\n`);
  setExitCode(exit);
}

function finishFailed(flags: GlobalFlags, diagnostics: readonly Diagnostic[]): void {
  const exit = EXIT[diagnostics[0]?.exit ?? 'input'];
  const shown = diagnostics.map(maySee(flags) ? revealedDiagnostic : publicDiagnostic);
  if (flags.json === true) writeJson({ code: 'result', exit, diagnostics: shown });
  else standardError().write(diagnosticsText(shown, standardError().colour));
  setExitCode(exit);
}

/** What is private is shown to a person who asked for it, on a screen; never to a program or a log. */
export function maySee({ reveal, json }: GlobalFlags): boolean {
  if (reveal === undefined || json === true) return false;
  const screens = [standardOutput(), standardError()];
  return reveal === 'force' || screens.every(({ columns }) => columns !== undefined);
}

function finishInterrupted(flags: GlobalFlags): void {
  if (flags.json === true) writeJson({ code: 'result', exit: EXIT.interrupted });
  else standardError().write('interrupted: what was done is kept; the same command goes on from there\n');
  setExitCode(EXIT.interrupted);
}

const EXIT_OF_SOURCE: Record<Exclude<ErrorSource, 'bug'>, ExitClass> = {
  user: 'input',
  outside: 'outside',
  policy: 'refused',
};

function finishThrown(flags: GlobalFlags, thrown: unknown): void {
  if (thrown instanceof MwpipeError && thrown.source !== 'bug') {
    const { code, message, hint, source } = thrown;
    const told = { code: code as Diagnostic['code'], message, exit: EXIT_OF_SOURCE[source] };
    finishFailed(flags, [hint === undefined ? told : { ...told, hint }]);
    return;
  }
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown);
  if (flags.json === true) writeJson({ code: 'result', exit: EXIT.bug, bug: stack });
  else standardError().write(`a bug of mwpipe's own, please report it with this text:\n${stack}\n`);
  setExitCode(EXIT.bug);
}

function writeJson(document: unknown): void {
  standardOutput().write(`${JSON.stringify(document)}\n`);
}
