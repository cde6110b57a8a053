/**
 * Reads the fields of one JSON object of which every name and type is known. It never throws: the
 * first thing that does not fit is kept, and what is read after it means nothing.
 */

export class StrictFields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #place: string;
  readonly #read = new Set<string>();
  #misfit: string | null = null;

  /** `place`: where the object stands, for messages. */
  constructor(value: unknown, place: string) {
    this.#place = place;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.#values = new Map(isObject ? Object.entries(value) : []);
    if (!isObject) this.#refuse(`${place} is no object`);
  }

  /** Null: what was read so far fits. */
  get misfit(): string | null {
    return this.#misfit;
  }

  /** To be asked when all is read. Null: all values fit, and there are no others. */
  get problem(): string | null {
    if (this.#misfit !== null) return this.#misfit;
    const unknown = [...this.#values.keys()].find((name) => !this.#read.has(name));
    return unknown === undefined ? null : `${this.#place} has an unknown field "${unknown}"`;
  }

  /** From 0 to 2^53 - 1. */
  whole(name: string): number {
    const value = this.#take(name);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    this.#refuse(`${this.#at(name)} is no whole number`);
    return 0;
  }

  /** Clocks give fractions. */
  duration(name: string): number {
    const value = this.#take(name);
    if (typeof value === 'number' && value >= 0) return value;
    this.#refuse(`${this.#at(name)} is no duration`);
    return 0;
  }

  text(name: string): string {
    const value = this.#take(name);
    if (typeof value === 'string') return value;
    this.#refuse(`${this.#at(name)} is no text`);
    return '';
  }

  flag(name: string): boolean {
    const value = this.#take(name);
    if (typeof value === 'boolean') return value;
    this.#refuse(`${this.#at(name)} is neither true nor false`);
    return false;
  }

  oneOf<const Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.#take(name);
    const found = words.find((word) => word === value);
    if (found === undefined) this.#refuse(`${this.#at(name)} is none of ${words.join(', ')}`);
    return found ?? words[0]!;
  }

  orNull<Value>(name: string, read: (name: string) => Value): Value | null {
    if (this.#values.get(name) !== null) return read(name);
    this.#read.add(name);
    return null;
  }

  object<Value>(name: string, read: (fields: StrictFields) => Value): Value {
    return this.#within(this.#take(name), this.#at(name), read);
  }

  list<Value>(name: string, read: (fields: StrictFields) => Value): readonly Value[] {
    const value = this.#take(name);
    if (!Array.isArray(value)) {
      this.#refuse(`${this.#at(name)} is no list`);
      return [];
    }
    return value.map((item: unknown, index) =>
      this.#within(item, `${this.#at(name)}[${index}]`, read),
    );
  }

  #within<Value>(value: unknown, place: string, read: (fields: StrictFields) => Value): Value {
    const fields = new StrictFields(value, place);
    const result = read(fields);
    if (fields.problem !== null) this.#refuse(fields.problem);
    return result;
  }

  #take(name: string): unknown {
    this.#read.add(name);
    return this.#values.get(name);
  }

  #at(name: string): string {
    return `${this.#place}.${name}`;
  }

  #refuse(problem: string): void {
    this.#misfit ??= problem;
  }
}
