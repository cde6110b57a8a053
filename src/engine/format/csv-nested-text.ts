/** ARRAY and ROW in one CSV field: their elements with semicolons in between. */
import { assert } from '../../errors/assert.ts';
import type { LogicalType } from '../../expression/type.ts';
import type { Value } from '../../expression/value.ts';
import { canonicalText } from './canonical-text.ts';
import type { ScalarWriter } from './scalar-writer.ts';

/** Source: Flink, csv.array-element-delimiter. */
const ELEMENT_DELIMITER = ';';

export class CsvNestedText {
  private readonly scalars: ScalarWriter;
  private readonly nullLiteral: string;

  constructor(scalars: ScalarWriter, nullLiteral: string) {
    this.scalars = scalars;
    this.nullLiteral = nullLiteral;
  }

  /** The text of a value that is not NULL. */
  render(type: LogicalType, value: Value): string {
    assert(isList(value), 'an ARRAY or ROW value is an array');
    return value
      .map((element, index) => {
        if (element === null) return this.nullLiteral;
        return canonicalText(this.scalars, elementType(type, index), element);
      })
      .join(ELEMENT_DELIMITER);
  }
}

function elementType(type: LogicalType, index: number): LogicalType {
  if (type.root === 'ARRAY') return type.element;
  assert(type.root === 'ROW', 'the csv format has no other nested types');
  return type.fields[index]!.type;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
