/** A value that no log, JSON or message can hold by accident: whoever wants it has to say so. */
const HIDDEN = '[private]';

export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** Only for what goes to its owners: git on this machine, a private file, a person's own terminal. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}
