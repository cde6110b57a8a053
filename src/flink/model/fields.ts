/**
 * Reads the fields of an answer. Flink's answers differ between versions, so a field that is
 * missing, null or of another type is null to the caller; only what an answer is worthless without
 * (`required...`) is an error. Field names are looked up as own properties only.
 */
import { UnreachableError } from '../../errors/drey-error.ts';

/** A whole number of up to 64 bits, exact. */
export type Long = number | bigint;

export class Fields {
  /** What the object is, for messages: `jobs[3]`. */
  readonly place: string;
  private readonly values: Readonly<Record<string, unknown>>;

  private constructor(place: string, values: Readonly<Record<string, unknown>>) {
    this.place = place;
    this.values = values;
  }

  /** Throws when the value is no object. */
  static of(value: unknown, place = 'the answer'): Fields {
    const fields = Fields.orNull(value, place);
    if (fields === null) throw mismatch(`${place} is ${kindOf(value)} and no object`);
    return fields;
  }

  static orNull(value: unknown, place = 'the answer'): Fields | null {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? new Fields(place, value as Record<string, unknown>) : null;
  }

  get names(): readonly string[] {
    return Object.keys(this.values);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.values, name);
  }

  text(name: string): string | null {
    const value = this.value(name);
    return typeof value === 'string' ? value : null;
  }

  requiredText(name: string): string {
    return this.text(name) ?? this.missing(name, 'a text');
  }

  /** A number; a number in a string as metrics have them; null for "NaN" and what is none. */
  number(name: string): number | null {
    return numberOf(this.value(name));
  }

  requiredNumber(name: string): number {
    return this.number(name) ?? this.missing(name, 'a number');
  }

  /** A whole number, exact beyond 2^53. */
  long(name: string): Long | null {
    const value = this.value(name);
    return typeof value === 'bigint' ? value : numberOf(value);
  }

  /** As `number`, with null for the -1 that stands for "not yet". */
  measure(name: string): number | null {
    const value = this.number(name);
    return value === null || value < 0 ? null : value;
  }

  /** As `long`, with null for the -1 that stands for "not yet". */
  longMeasure(name: string): Long | null {
    const value = this.long(name);
    return value === null || value < 0 ? null : value;
  }

  flag(name: string): boolean | null {
    const value = this.value(name);
    return typeof value === 'boolean' ? value : null;
  }

  object(name: string): Fields | null {
    return Fields.orNull(this.value(name), `${this.place}.${name}`);
  }

  requiredObject(name: string): Fields {
    return this.object(name) ?? this.missing(name, 'an object');
  }

  /** The elements that are objects; nothing when the field is no list. */
  objects(name: string): readonly Fields[] {
    const value = this.value(name);
    if (!Array.isArray(value)) return [];
    return value.flatMap((element, index) => {
      const fields = Fields.orNull(element, `${this.place}.${name}[${index}]`);
      return fields === null ? [] : [fields];
    });
  }

  requiredObjects(name: string): readonly Fields[] {
    if (!Array.isArray(this.value(name))) this.missing(name, 'a list');
    return this.objects(name);
  }

  /** The elements that are texts. */
  texts(name: string): readonly string[] {
    const value = this.value(name);
    return Array.isArray(value) ? value.filter((element) => typeof element === 'string') : [];
  }

  /** The members of an object that are numbers, such as counts by state. */
  counts(name: string): ReadonlyMap<string, number> {
    const object = this.object(name);
    const counts = new Map<string, number>();
    for (const key of object?.names ?? []) {
      const value = object?.number(key) ?? null;
      if (value !== null) counts.set(key, value);
    }
    return counts;
  }

  /** The field as it came. */
  value(name: string): unknown {
    return this.has(name) ? this.values[name] : undefined;
  }

  private missing(name: string, wanted: string): never {
    const found = this.has(name) ? kindOf(this.values[name]) : 'missing';
    throw mismatch(`${this.place}.${name} is ${found} and not ${wanted}`);
  }
}

/** The elements of a list that are objects. Throws when the value is no list. */
export function listOfFields(value: unknown, place = 'the answer'): readonly Fields[] {
  if (!Array.isArray(value)) throw mismatch(`${place} is ${kindOf(value)} and no list`);
  return value.flatMap((element, index) => {
    const fields = Fields.orNull(element, `${place}[${index}]`);
    return fields === null ? [] : [fields];
  });
}

/**
 * Of the answer to a change that says nothing but that it was taken: `{}`. Throws for anything
 * that another server might say instead, for then nothing was changed.
 */
export function decodeTaken(answer: unknown): void {
  if (Fields.of(answer).has('errors')) throw mismatch('it names errors although it says OK');
}

/** The answer is not what the interface gives; the transport says whose and to what. */
export function mismatch(reason: string): UnreachableError {
  return new UnreachableError('DREY_FLINK_ANSWER', reason);
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value.trim() === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
