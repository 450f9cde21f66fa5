/** PHP's name resolution: what a name in a file means, given its namespace and its `use` lines. */

export class Names {
  #namespace = '';
  readonly #imports = new Map<string, string>();

  enter(namespace: string): void {
    this.#namespace = namespace.replace(/^\\/, '');
    this.#imports.clear();
  }

  /** Takes a whole `use` line: plain, aliased, grouped, of functions and constants too. */
  import(line: string): void {
    const body = line
      .replace(/^use\s+/i, '')
      .replace(/;\s*$/, '')
      .replace(/^(function|const)\s+/i, '');
    const group = /^(.*?)\{([\s\S]*)\}$/.exec(body);
    const prefix = group?.[1]?.trim() ?? '';
    for (const clause of (group?.[2] ?? body).split(',')) {
      const [name = '', alias] = clause
        .trim()
        .replace(/^(function|const)\s+/i, '')
        .split(/\s+as\s+/i);
      if (name !== '') this.#imports.set((alias ?? lastPart(name)).trim().toLowerCase(), trimRoot(prefix + name));
    }
  }

  /** The full name of something declared here. */
  declared(name: string): string {
    return this.#namespace === '' ? name : `${this.#namespace}\\${name}`;
  }

  /** All that a name can mean, lower case: a function without a namespace may be the global one. */
  meanings(name: string): string[] {
    if (name.startsWith('\\')) return [trimRoot(name).toLowerCase()];
    const relative = /^namespace\\(.*)$/i.exec(name)?.[1];
    if (relative !== undefined) return [this.declared(relative).toLowerCase()];
    const [first = '', ...rest] = name.split('\\');
    const imported = this.#imports.get(first.toLowerCase());
    if (imported !== undefined) return [[imported, ...rest].join('\\').toLowerCase()];
    const here = this.declared(name).toLowerCase();
    return rest.length > 0 || here === name.toLowerCase() ? [here] : [here, name.toLowerCase()];
  }
}

/** What a string literal may name: `Cite\Cite::ref`, with single or doubled backslashes. */
export function classInString(text: string): string | undefined {
  const name = text.replaceAll('\\\\', '\\').replace(/::\w+$/, '');
  return /^\\?[A-Za-z_]\w*(\\[A-Za-z_]\w*)+$/.test(name) ? trimRoot(name).toLowerCase() : undefined;
}

function trimRoot(name: string): string {
  return name.trim().replace(/^\\/, '');
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('\\') + 1);
}
