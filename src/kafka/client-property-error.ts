/** The error for a property of the Kafka client; a value that may be a secret is never shown. */
import { errorCodes } from '../errors/codes.ts';
import { InputError } from '../errors/drey-error.ts';

/** `problem` goes on behind the property's name: `is missing`. */
export function propertyError(property: string, problem: string, hint?: string): InputError {
  return new InputError('DREY_KAFKA_PROPERTY', `the Kafka property ${property} ${problem}`, {
    hint: hint ?? errorCodes.DREY_KAFKA_PROPERTY.next,
    details: { property },
  });
}
