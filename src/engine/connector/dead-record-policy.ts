/**
 * What happens to a record that cannot be read. Under the default policy it ends the job; the
 * error names source, split, place and column.
 */
import { errorCodes } from '../../errors/codes.ts';
import { InputError } from '../../errors/drey-error.ts';
import type { DeadRecord, DeadRecordListener } from './contract.ts';

/** Bytes of the record that the error's details show. */
const EXCERPT_BYTES_MAX = 200;

/** The default policy: throws an InputError for the record. */
export const failOnDeadRecord: DeadRecordListener = (record) => {
  throw deadRecordError(record);
};

export function deadRecordError(record: DeadRecord): InputError {
  const { code, source, split, position, unit, column, reason } = record;
  const place = `source ${source}, ${split}, ${unit} ${position}`;
  const what = column === null ? reason : `column ${column}: ${reason}`;
  return new InputError(code, `${place}: ${what}`, {
    hint: errorCodes[code].next,
    details: { source, split, [unit]: position, column, reason, excerpt: excerpt(record.raw) },
  });
}

/** The record's beginning as text; bytes that are no UTF-8 show as the replacement character. */
function excerpt(raw: Uint8Array): string {
  return new TextDecoder().decode(raw.subarray(0, EXCERPT_BYTES_MAX));
}
