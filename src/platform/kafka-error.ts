/**
 * Why a request to Kafka has no result. One class of failure for callers that decide what to try
 * again; the DreyError that a user sees is made of it where the job or command gives up.
 */
import type { KafkaErrorName } from '../kafka/error-names.ts';

/** No answer: nobody there, cut off, too late, or a login that was refused. */
export type KafkaConnectionFailure =
  'unreachable' | 'cut-off' | 'timeout' | 'tls' | 'authentication' | 'unusable-answer' | 'closed';

export interface KafkaFailure {
  /** Kafka's name for the request: `EndTxn`. */
  readonly request: string;
  /** `host:port` that was asked, or the bootstrap servers. */
  readonly server: string;
  /** The topic, group or transactional id that it was about. */
  readonly subject: string | null;
  readonly reason: KafkaErrorName | KafkaConnectionFailure;
  /** Words of the broker or of the system, where they say more than the reason. */
  readonly detail: string | null;
  /** `not-done`: it had no effect, for sure. `unknown`: it may have had, and may still get one. */
  readonly outcome: 'not-done' | 'unknown';
}

export class KafkaError extends Error implements KafkaFailure {
  readonly request: string;
  readonly server: string;
  readonly subject: string | null;
  readonly reason: KafkaErrorName | KafkaConnectionFailure;
  readonly detail: string | null;
  readonly outcome: 'not-done' | 'unknown';

  constructor(failure: KafkaFailure, cause?: unknown) {
    const about = failure.subject === null ? '' : ` for ${failure.subject}`;
    const detail = failure.detail === null ? '' : `: ${failure.detail}`;
    super(
      `${failure.request}${about} at ${failure.server}: ${failure.reason}${detail}`,
      cause === undefined ? undefined : { cause },
    );
    this.name = new.target.name;
    this.request = failure.request;
    this.server = failure.server;
    this.subject = failure.subject;
    this.reason = failure.reason;
    this.detail = failure.detail;
    this.outcome = failure.outcome;
  }
}
