/** An answer that the login may not be allowed to have, and that a command can do without. */
import { KafkaError } from '../../platform/kafka-error.ts';

/** Null: not allowed. Any other failure stays one. */
export async function ifAllowed<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (failure) {
    const isForbidden =
      failure instanceof KafkaError && failure.reason.endsWith('_AUTHORIZATION_FAILED');
    if (isForbidden) return null;
    throw failure;
  }
}
