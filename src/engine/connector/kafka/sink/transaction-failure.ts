/**
 * What a failed request of a transaction means: the same may be sent again; its effect is in doubt,
 * so that only a new producer and the marker can tell; or trying is in vain.
 * Invariant: what may have taken effect, or may still, is never sent again by the same producer.
 */
import { isRetriable, type KafkaErrorName } from '../../../../kafka/error-names.ts';
import type { KafkaConnectionFailure } from '../../../../platform/kafka-error.ts';

export type TransactionStep =
  | 'init-producer'
  | 'read-marker'
  | 'add-partitions'
  | 'send-rows'
  | 'add-group'
  | 'write-marker'
  | 'end-transaction';

export interface TransactionFailure {
  readonly reason: KafkaErrorName | KafkaConnectionFailure;
  readonly outcome: 'not-done' | 'unknown';
}

export type FailureVerdict = 'again' | 'doubt' | 'in-vain';

/** No later try has another answer, until somebody changes something. */
const IN_VAIN: ReadonlySet<string> = new Set<KafkaErrorName | KafkaConnectionFailure>([
  'authentication',
  'tls',
  'closed',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_GROUP_ID',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'INVALID_REQUIRED_ACKS',
  'INVALID_REQUEST',
  'INVALID_TRANSACTION_TIMEOUT',
  'OFFSET_METADATA_TOO_LARGE',
  'POLICY_VIOLATION',
  'SECURITY_DISABLED',
  'UNSUPPORTED_VERSION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'UNSUPPORTED_COMPRESSION_TYPE',
]);

export function isInVain(reason: string): boolean {
  return IN_VAIN.has(reason);
}

export function verdictOf(step: TransactionStep, failure: TransactionFailure): FailureVerdict {
  const { reason, outcome } = failure;
  if (isInVain(reason)) return 'in-vain';
  switch (step) {
    case 'init-producer':
    case 'read-marker':
      // Both may be done any number of times, and wait for what is under way.
      return 'again';
    case 'end-transaction':
      // The coordinator may have noted it although it says that it is none.
      return 'doubt';
    case 'add-partitions':
    case 'send-rows':
    case 'add-group':
    case 'write-marker':
      return outcome === 'not-done' && isRetriable(reason) ? 'again' : 'doubt';
  }
}
