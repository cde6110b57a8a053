/**
 * A broker's answer that is an error code. Thrown among the parts of the simulated broker and
 * never outside this folder: the client makes a KafkaError of it.
 */
import type { KafkaErrorName } from '../../../kafka/error-names.ts';

export class Refusal extends Error {
  readonly reason: KafkaErrorName;
  /** True: the request may have taken effect all the same. */
  readonly isInDoubt: boolean;

  constructor(reason: KafkaErrorName, isInDoubt = false) {
    super(reason);
    this.name = 'Refusal';
    this.reason = reason;
    this.isInDoubt = isInDoubt;
  }
}

/** What `work` gives, or the refusal that it throws; any other error goes on. */
export function attempt<T>(work: () => T): T | Refusal {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
