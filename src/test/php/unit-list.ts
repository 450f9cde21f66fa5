/** Collects the units of a file while its tree is walked: names go to the innermost one that is open. */
import type { Unit } from './symbols.ts';

export type OpenUnit = Pick<Unit, 'owner' | 'name' | 'from' | 'to'>;

interface Collecting extends OpenUnit {
  readonly names: Set<string>;
  readonly calls: Set<string>;
  readonly strings: Set<string>;
  readonly deferred: Set<string>;
}

export class UnitList {
  readonly #done: Collecting[] = [];
  readonly #open: Collecting[] = [];

  open(unit: OpenUnit): void {
    const collecting = { ...unit, names: new Set(''), calls: new Set(''), strings: new Set(''), deferred: new Set('') };
    this.#done.push(collecting);
    this.#open.push(collecting);
  }

  within(unit: OpenUnit, visit: () => void): void {
    this.open(unit);
    visit();
    this.#open.pop();
  }

  /** Outside every class, function and factory. */
  atTop(): boolean {
    return this.#open.length === 1;
  }

  name(name: string): void {
    this.#open.at(-1)?.names.add(name);
  }

  call(method: string): void {
    this.#open.at(-1)?.calls.add(method);
  }

  string(text: string): void {
    this.#open.at(-1)?.strings.add(text);
  }

  defer(method: string): void {
    this.#open.at(-1)?.deferred.add(method);
  }

  close(): Unit[] {
    return this.#done.map((unit) => ({
      ...unit,
      names: [...unit.names],
      calls: [...unit.calls],
      strings: [...unit.strings],
      deferred: [...unit.deferred],
    }));
  }
}
