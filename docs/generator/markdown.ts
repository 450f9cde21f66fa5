/** The few shapes of Markdown that the reference uses. */

/** The head of a generated page. */
export function head(title: string, lead: string): string {
  return `<!-- Made from the code by \`npm run docs\`; a change here is overwritten. -->\n\n# ${title}\n\n${lead}\n`;
}

export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** A table, or nothing where it would have no rows. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return `${[line(columns), `|${' --- |'.repeat(columns.length)}`, ...rows.map(line)].join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}

export function shellBlock(text: string): string {
  return `\`\`\`sh\n${text.trim()}\n\`\`\`\n`;
}

/** Sections with one empty line between them; empty ones are left out. */
export function join(parts: readonly string[]): string {
  return `${parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}
