/** Makes what a field draws into a canonical value, for the parts of nested types. */
import type { Value } from '../../../expression/value.ts';
import type { RowRandom } from './row-random.ts';
import { drawsNull, type GeneratedField, type GeneratedRow } from './value-source.ts';

const NANOS_PER_MILLI = 1_000_000n;

/** The next value of `field`. */
export function drawValue(field: GeneratedField, random: RowRandom, row: GeneratedRow): Value {
  if (drawsNull(field, random)) return null;
  const { source, type } = field;
  switch (source.kind) {
    case 'number':
      return canonical(field, source.next(random, row));
    case 'bigint':
    case 'object':
      return source.next(random, row);
    case 'bytes': {
      const bytes = new Uint8Array(source.lengthMax);
      const content = bytes.subarray(0, source.write(bytes, 0, random, row));
      const isText = type.root === 'VARCHAR' || type.root === 'CHAR';
      return isText ? new TextDecoder().decode(content) : content;
    }
  }
}

function canonical(field: GeneratedField, drawn: number): Value {
  const { root } = field.type;
  if (root === 'BOOLEAN') return drawn === 1;
  if (root === 'BIGINT' || root === 'INTERVAL_DAY_TIME') return BigInt(drawn);
  if (root === 'TIMESTAMP' || root === 'TIMESTAMP_LTZ') return BigInt(drawn) * NANOS_PER_MILLI;
  return root === 'FLOAT' ? Math.fround(drawn) : drawn;
}
