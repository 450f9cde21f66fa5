/** What a PHP file says, as plain data: what it defines, unit by unit, and every name that each unit uses. */

/** The smallest piece that a change is traced through: a method, a function, a service's factory, or what is around. */
export interface Unit {
  /** Full name of the class it belongs to; '' outside classes. */
  readonly owner: string;
  /**
   * `method`; the full name of a function; `service:Cite.Gadgets` for a factory in a wiring file; '' for the rest:
   * constants, properties and the head of a class, or the top level of a file.
   */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Full names of classes and functions, lower case, as PHP compares them. */
  readonly names: readonly string[];
  /** Methods called by name, lower case; `*` where the name is computed. */
  readonly calls: readonly string[];
  /** Words in string literals (services, messages, settings, methods); one that goes on at run time ends in `*`. */
  readonly strings: readonly string[];
  /** Methods handed to the parser, to be called when wikitext asks for them. */
  readonly deferred: readonly string[];
}

export interface ClassSymbol {
  readonly name: string;
  readonly kind: 'class' | 'interface' | 'trait' | 'enum';
  readonly abstract: boolean;
  readonly line: number;
  /** Parents, interfaces and traits, lower case. */
  readonly supers: readonly string[];
}

export interface FileSymbols {
  readonly classes: readonly ClassSymbol[];
  readonly units: readonly Unit[];
  /** Lines that hold nothing but a comment, as `[first, last]`. */
  readonly comments: readonly (readonly [number, number])[];
  /** Where the grammar first lost its way. */
  readonly error?: { readonly line: number; readonly column: number; readonly found: string };
}

export type ReadSymbols = (source: string) => FileSymbols;
