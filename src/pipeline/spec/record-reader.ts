/**
 * Reads one map of a document by groups of options, so that the fields of a connector and of its
 * format can share a map. What no group took is an unknown field, reported once at the end.
 */
import type { DocumentNode, MapEntry, MapNode, ScalarNode } from '../../document/document-node.ts';
import type { FieldReader, Located, Option, Options, Place, ValuesOf } from './field.ts';

/** A name that stands for the `#` of some options, with the first key that holds it. */
export interface PatternName {
  readonly name: string;
  readonly key: ScalarNode;
}

export class RecordReader {
  readonly #map: MapNode;
  readonly #reader: FieldReader;
  readonly #taken = new Set<string>();
  readonly #known: string[] = [];

  constructor(map: MapNode, reader: FieldReader) {
    this.#map = map;
    this.#reader = reader;
  }

  get place(): Place {
    return this.#map;
  }

  entry(name: string): MapEntry | null {
    return this.#map.entries.find((entry) => entry.key.text === name) ?? null;
  }

  /**
   * Reads the fields of one group; names with `#` or `*` are left to takePattern and finish. With a
   * `prefix` in front of each name in the file.
   */
  take<F extends Options>(options: F, prefix = ''): ValuesOf<F> {
    const values = Object.entries(options).map(([name, option]) => {
      if (name.includes('#') || name.endsWith('*')) return [name, null];
      const key = prefix + name;
      this.#known.push(key);
      this.#taken.add(key);
      return [name, this.#readOption(key, option)];
    });
    // The one place where names and types of a group meet; ValuesOf says what each name holds.
    return Object.fromEntries(values) as ValuesOf<F>;
  }

  /** The names that stand for `#` in this map's fields, each once. */
  patternNames(options: Options): readonly PatternName[] {
    const names = new Map<string, PatternName>();
    for (const { key } of this.#map.entries) {
      for (const option of Object.keys(options)) {
        const [before = '', after = ''] = option.split('#');
        const isMatch = key.text.startsWith(before) && key.text.endsWith(after);
        if (!isMatch || key.text.length <= before.length + after.length) continue;
        const name = key.text.slice(before.length, key.text.length - after.length);
        if (!names.has(name)) names.set(name, { name, key });
        break;
      }
    }
    return [...names.values()];
  }

  /** The fields of a group of names with `#`, for one name; keyed by the names with `#`. */
  takeNamed<F extends Options>(options: F, name: string): ValuesOf<F> {
    const values = Object.entries(options).map(([pattern, option]) => {
      const key = pattern.replace('#', () => name);
      this.#taken.add(key);
      return [pattern, this.#readOption(key, option)];
    });
    // As in take.
    return Object.fromEntries(values) as ValuesOf<F>;
  }

  /** Leaves a field out of the unknown ones, because it was reported otherwise. */
  ignore(name: string): void {
    this.#taken.add(name);
  }

  /** Refuses fields of groups that could be here but cannot be run yet. */
  refuse(options: Options): void {
    for (const entry of this.#map.entries) {
      const key = entry.key.text;
      const isNamed = Object.keys(options).some((name) =>
        name.endsWith('*') ? key.startsWith(name.slice(0, -1)) : name === key,
      );
      if (!isNamed || this.#taken.has(key)) continue;
      this.#taken.add(key);
      reportLater(entry, this.#reader);
    }
  }

  /** Reports every field that no group took. `where` completes "unknown field of". */
  finish(where: string): void {
    for (const { key } of this.#map.entries) {
      if (this.#taken.has(key.text)) continue;
      const near = this.#reader.nearest(key.text, this.#known);
      this.#reader.report(key, {
        code: 'DREY_PIPELINE_UNKNOWN_FIELD',
        message: `"${shorten(key.text)}" is no field of ${where}.`,
        hint: near === undefined ? knownFields(this.#known) : `Did you mean "${near}"?`,
      });
    }
  }

  #readOption(name: string, option: Option<unknown>): Located<unknown> | null {
    const entry = this.entry(name);
    if (entry === null) {
      if (option.isRequired) this.#reportMissing(name);
      return 'fallback' in option ? { value: option.fallback, node: null } : null;
    }
    if (option.since === null) {
      reportLater(entry, this.#reader);
      return null;
    }
    const value = option.field.read(placed(entry), this.#reader);
    if (value !== null) return { value, node: entry.value };
    return 'fallback' in option ? { value: option.fallback, node: null } : null;
  }

  #reportMissing(name: string): void {
    const first = this.#map.entries[0]?.key;
    const place = this.#map.isFlow || first === undefined ? this.#map : first;
    this.#reader.report(place, {
      code: 'DREY_PIPELINE_MISSING_FIELD',
      message: `The field "${name}" is missing.`,
    });
  }
}

/** A value that is absent is reported at its key, where a reader of the message looks. */
function placed(entry: MapEntry): DocumentNode {
  const { key, value } = entry;
  if (value.kind !== 'scalar' || value.style !== 'absent') return value;
  return { ...value, start: key.start, end: key.end };
}

function reportLater(entry: MapEntry, reader: FieldReader): void {
  reader.report(entry.key, {
    code: 'DREY_PIPELINE_NOT_SUPPORTED',
    message: `"${entry.key.text}" is not supported by this version of drey.`,
  });
}

const FIELDS_SHOWN_MAX = 12;

function knownFields(names: readonly string[]): string {
  const shown = names.slice(0, FIELDS_SHOWN_MAX).join(', ');
  return `Known fields: ${shown}${names.length > FIELDS_SHOWN_MAX ? ', ...' : ''}.`;
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
