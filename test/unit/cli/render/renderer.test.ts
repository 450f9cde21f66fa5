import { expect, it } from 'vitest';
import type { Terminal } from '../../../../src/cli/process.ts';
import { jsonRenderer, textRenderer, type Line } from '../../../../src/cli/render/renderer.ts';
import type { StepEvent } from '../../../../src/kernel/run-context.ts';
import { screen } from '../../../demo/screen.ts';

interface Work extends StepEvent {
  readonly text?: string;
  readonly percent?: number;
}

it('shows the newest progress in the last line, and clears it before each line that stays', () => {
  const terminal = terminalOf(40);
  const renderer = textRenderer({ terminal, line });
  renderer.event(progress(10));
  renderer.event(progress(100));
  expect(terminal.shown()).toEqual(['100 %']);
  renderer.event(done('core'));
  expect(terminal.shown()).toEqual(['made core', '100 %']);
  renderer.event(progress(7));
  expect(terminal.shown()).toEqual(['made core', '7 %']);
});

it('leaves no progress behind when it closes', () => {
  const terminal = terminalOf(40);
  const renderer = textRenderer({ terminal, line });
  renderer.event(done('core'));
  renderer.event(progress(50));
  renderer.close();
  expect(terminal.shown()).toEqual(['made core', '']);
});

it('cuts a progress line that would wrap: a wrapped one could not be cleared', () => {
  const terminal = terminalOf(10);
  const renderer = textRenderer({ terminal, line: () => ({ progress: 'a very long\nline of progress' }) });
  renderer.event(progress(1));
  renderer.event(progress(2));
  expect(terminal.shown()).toEqual(['a very l…']);
});

it('is plain text in a log: no progress, no escape sequence', () => {
  const terminal = terminalOf(undefined);
  const renderer = textRenderer({ terminal, line });
  for (const event of [progress(1), done('core'), progress(2), done('vendor')]) renderer.event(event);
  renderer.note('stopping');
  renderer.close();
  expect(terminal.written()).toBe('made core\nmade vendor\nstopping\n');
});

it('shows nothing for an event that people need not see', () => {
  const terminal = terminalOf(40);
  textRenderer({ terminal, line }).event({ code: 'work/unseen' });
  expect(terminal.written()).toBe('');
});

it('gives programs each event as one line of JSON, and no notes', () => {
  const terminal = terminalOf(undefined);
  const renderer = jsonRenderer(terminal);
  renderer.event(done('core\nand more'));
  renderer.note('stopping');
  renderer.close();
  expect(terminal.written()).toBe('{"code":"work/done","text":"core\\nand more"}\n');
});

function progress(percent: number): Work {
  return { code: 'work/progress', percent };
}

function done(text: string): Work {
  return { code: 'work/done', text };
}

function line(event: Work): Line | undefined {
  if (event.percent !== undefined) return { progress: `${event.percent} %` };
  return event.text === undefined ? undefined : `made ${event.text}`;
}

/** A terminal that knows what a person would see on it. */
function terminalOf(columns: number | undefined): Terminal & { shown(): string[]; written(): string } {
  const seen = screen(columns ?? 80);
  let written = '';
  return {
    columns,
    colour: false,
    write: (text) => {
      written += text;
      seen.write(text.replaceAll('\n', '\r\n'), 0);
    },
    shown: () => seen.lines().map(({ cells }) => cells.map(({ char }) => char).join('')),
    written: () => written,
  };
}
