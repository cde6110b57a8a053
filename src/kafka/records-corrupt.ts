/** The error for bytes that are no record batch; who read them adds topic, partition and offset. */
import { errorCodes } from '../errors/codes.ts';
import { InputError } from '../errors/drey-error.ts';

/** `at`: where in the bytes that were read. */
export function recordsCorrupt(reason: string, at: number): InputError {
  return new InputError(
    'DREY_KAFKA_RECORDS_CORRUPT',
    `the bytes of a record batch are damaged: ${reason}, at byte ${at}`,
    { hint: errorCodes.DREY_KAFKA_RECORDS_CORRUPT.next, details: { reason, at } },
  );
}
