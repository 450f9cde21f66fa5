/** A small terminal: what bytes put on its screen, line by line, in colours, with the moment of each line's last change. */
export interface Style {
  readonly colour?: string;
  readonly bold?: true;
  readonly dim?: true;
}

export interface Cell {
  readonly char: string;
  readonly style: Style;
}

export interface ScreenLine {
  readonly cells: readonly Cell[];
  /** Seconds from the beginning. */
  readonly changed: number;
}

interface MutableLine {
  cells: Cell[];
  changed: number;
}

interface State {
  readonly columns: number;
  readonly lines: MutableLine[];
  row: number;
  column: number;
  style: Style;
  now: number;
}

export interface Screen {
  write(data: string, atSeconds: number): void;
  lines(): readonly ScreenLine[];
}

/** Keeps every line: what scrolled away too. */
export function screen(columns: number): Screen {
  const state: State = { columns, lines: [{ cells: [], changed: 0 }], row: 0, column: 0, style: {}, now: 0 };
  let unfinished = '';
  return {
    write: (data, atSeconds) => {
      state.now = atSeconds;
      unfinished = consume(state, unfinished + data);
    },
    lines: () => state.lines,
  };
}

const TOKEN =
  /\u001B\[([?\d;]*)([A-Za-z])|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)|\u001B[()][0-9A-Z]|\u001B[^[\]()]|[^\u001B]/uy;

/** @returns what the data cut off in the middle of an escape sequence */
function consume(state: State, data: string): string {
  let end = 0;
  while (end < data.length) {
    TOKEN.lastIndex = end;
    const token = TOKEN.exec(data);
    if (token === null) return data.slice(end);
    const [text, parameters, command] = token;
    if (command !== undefined) control(state, { command, numbers: (parameters ?? '').split(';').map(Number) });
    else if (!text.startsWith('\u001B')) character(state, text);
    end += text.length;
  }
  return '';
}

function character(state: State, char: string): void {
  if (char === '\n') moveTo(state, state.row + 1, 0);
  else if (char === '\r') state.column = 0;
  else if (char === '\b') state.column = Math.max(0, state.column - 1);
  else if (char === '\t') state.column = Math.min(state.columns - 1, (Math.floor(state.column / 8) + 1) * 8);
  else if (char >= ' ') print(state, char);
}

function print(state: State, char: string): void {
  if (state.column >= state.columns) moveTo(state, state.row + 1, 0);
  const line = lineAt(state, state.row);
  while (line.cells.length < state.column) line.cells.push({ char: ' ', style: {} });
  line.cells[state.column] = { char, style: state.style };
  line.changed = state.now;
  state.column += 1;
}

function lineAt(state: State, row: number): MutableLine {
  while (state.lines.length <= row) state.lines.push({ cells: [], changed: state.now });
  return state.lines[row] ?? { cells: [], changed: state.now };
}

function moveTo(state: State, row: number, column: number): void {
  state.row = Math.max(0, row);
  state.column = Math.max(0, column);
  lineAt(state, state.row);
}

interface Control {
  readonly command: string;
  readonly numbers: readonly number[];
}

function control(state: State, { command, numbers }: Control): void {
  const first = numbers[0] ?? 0;
  const steps = Math.max(1, first);
  if (command === 'm') state.style = numbers.length === 0 ? {} : styled(state.style, numbers);
  else if (command === 'K') clearLine(state, first);
  else if (command === 'J') clearBelow(state);
  else if (command === 'A') moveTo(state, state.row - steps, state.column);
  else if (command === 'B') moveTo(state, state.row + steps, state.column);
  else if (command === 'C') state.column += steps;
  else if (command === 'D') state.column = Math.max(0, state.column - steps);
  else if (command === 'G') state.column = steps - 1;
}

function clearLine(state: State, mode: number): void {
  const line = lineAt(state, state.row);
  if (mode === 0) line.cells.length = Math.min(line.cells.length, state.column);
  else if (mode === 2) line.cells = [];
  line.changed = state.now;
}

function clearBelow(state: State): void {
  clearLine(state, 0);
  for (const line of state.lines.slice(state.row + 1)) line.cells = [];
}

/** The 16 colours, readable on the dark window of the picture. */
const COLOURS = ['#6e7681', '#ff7b72', '#7ee787', '#f2cc60', '#79c0ff', '#d2a8ff', '#76e3ea', '#e6edf3'];

function styled(style: Style, numbers: readonly number[]): Style {
  let next = style;
  for (const number of numbers) {
    if (number === 0) next = {};
    else if (number === 1) next = { ...next, bold: true };
    else if (number === 2) next = { ...next, dim: true };
    else if (number === 22) next = next.colour === undefined ? {} : { colour: next.colour };
    else if (number === 39) next = { ...(next.bold && { bold: true }), ...(next.dim && { dim: true }) };
    else if (number === 38 || number === 48)
      return next; // 256 colours: mwpipe uses none
    else next = { ...next, ...colourOf(number) };
  }
  return next;
}

function colourOf(number: number): Style {
  const base = number >= 90 && number <= 97 ? number - 90 : number - 30;
  const colour = COLOURS[base];
  return colour === undefined ? {} : { colour };
}
