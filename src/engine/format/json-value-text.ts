/** Canonical values as JSON text, by the rules of Flink's json format: what nested columns hold. */
import { assert } from '../../errors/assert.ts';
import { EngineError } from '../../errors/drey-error.ts';
import { errorCodes } from '../../errors/codes.ts';
import type { LogicalType, TypeRoot } from '../../expression/type.ts';
import type { Value } from '../../expression/value.ts';
import { canonicalText } from './canonical-text.ts';
import { jsonStringText } from './json-string-text.ts';
import type { ScalarWriter } from './scalar-writer.ts';

export class JsonValueText {
  private readonly scalars: ScalarWriter;
  private readonly ignoreNullFields: boolean;

  constructor(scalars: ScalarWriter, ignoreNullFields: boolean) {
    this.scalars = scalars;
    this.ignoreNullFields = ignoreNullFields;
  }

  /** Throws EngineError for a MAP with a NULL key. */
  render(type: LogicalType, value: Value): string {
    if (value === null) return 'null';
    switch (type.root) {
      case 'ARRAY': {
        assert(isList(value), 'an ARRAY value is an array');
        return `[${value.map((element) => this.render(type.element, element)).join(',')}]`;
      }
      case 'MAP': {
        assert(isList(value), 'a MAP value is an array of pairs');
        const members = value.map((pair) => {
          assert(isList(pair), 'an entry of a MAP value is a pair');
          return this.renderEntry(type.value, pair[0] ?? null, pair[1] ?? null);
        });
        return `{${members.join(',')}}`;
      }
      case 'ROW': {
        assert(isList(value), 'a ROW value is an array');
        const members: string[] = [];
        for (const [index, field] of type.fields.entries()) {
          const member = value[index] ?? null;
          if (member === null && this.ignoreNullFields) continue;
          members.push(`${jsonStringText(field.name)}:${this.render(field.type, member)}`);
        }
        return `{${members.join(',')}}`;
      }
      default:
        return this.renderScalar(type, value);
    }
  }

  private renderEntry(valueType: LogicalType, key: Value, value: Value): string {
    if (typeof key !== 'string') {
      throw new EngineError(
        'DREY_JSON_MAP_KEY',
        'a MAP with a NULL key cannot be written as JSON',
        { hint: errorCodes.DREY_JSON_MAP_KEY.next },
      );
    }
    return `${jsonStringText(key)}:${this.render(valueType, value)}`;
  }

  private renderScalar(type: LogicalType, value: Value): string {
    if (typeof value === 'string') return jsonStringText(value);
    const text = canonicalText(this.scalars, type, value);
    return isQuotedRoot(type.root) || (typeof value === 'number' && !Number.isFinite(value))
      ? `"${text}"`
      : text;
  }
}

/** True for types whose text stands in quotes; NaN and infinities do, too. */
export function isQuotedRoot(root: TypeRoot): boolean {
  switch (root) {
    case 'CHAR':
    case 'VARCHAR':
    case 'BINARY':
    case 'VARBINARY':
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return true;
    default:
      return false;
  }
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
