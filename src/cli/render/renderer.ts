/** Events become text for people (live on a screen, line by line in a log) or JSON lines for programs. */
import type { StepEvent } from '../../kernel/run-context.ts';
import type { Terminal } from '../process.ts';

/** A line that stays, or one that shows how far the work is and is replaced by the next. */
export type Line = string | { readonly progress: string };

export interface Renderer<Event extends StepEvent> {
  event(event: Event): void;
  note(text: string): void;
  close(): void;
}

export function jsonRenderer(terminal: Terminal): Renderer<StepEvent> {
  return {
    event: (event) => terminal.write(`${JSON.stringify(event)}\n`),
    note: () => undefined,
    close: () => undefined,
  };
}

const CLEAR_LINE = '\r\u001B[2K';

/** On a screen the newest progress stands in the last line; elsewhere progress is left out and lines are plain. */
export function textRenderer<Event extends StepEvent>(options: {
  readonly terminal: Terminal;
  readonly line: (event: Event) => Line | undefined;
}): Renderer<Event> {
  const { terminal, line } = options;
  let progress = '';
  const show = (text: string): void => terminal.write(`${clear()}${text}\n${progress}`);
  const clear = (): string => (progress === '' ? '' : CLEAR_LINE);
  return {
    event: (event) => {
      const shown = line(event);
      if (shown === undefined) return;
      if (typeof shown === 'string') show(shown);
      else if (terminal.columns !== undefined) {
        const before = clear();
        progress = fit(shown.progress, terminal.columns);
        terminal.write(`${before}${progress}`);
      }
    },
    note: show,
    close: () => {
      terminal.write(clear());
      progress = '';
    },
  };
}

/** One screen line of it: a wrapped one can't be cleared. */
function fit(text: string, columns: number): string {
  const single = text.replaceAll('\n', ' ');
  return single.length < columns ? single : `${single.slice(0, Math.max(0, columns - 2))}…`;
}
