/**
 * What a request to Kafka that is given up is to a user: the KafkaError -> an error with a code,
 * which names who asked, the server, what the request was about, and the next step. The one place
 * of this mapping, for the connectors of jobs and for the verbs of `drey topic`.
 */
import { errorCodes, type ErrorCode } from '../errors/codes.ts';
import {
  type DreyError,
  LockedError,
  RefusedError,
  UnreachableError,
  type DreyErrorOptions,
} from '../errors/drey-error.ts';
import { isRetriable, mayHaveTakenEffect, type KafkaErrorName } from '../kafka/error-names.ts';
import { KafkaError, type KafkaConnectionFailure } from './kafka-error.ts';

/** Whether the same request may succeed after a pause. */
export function isWorthRetrying(failure: unknown): boolean {
  if (!(failure instanceof KafkaError)) return false;
  switch (failure.reason) {
    case 'unreachable':
    case 'cut-off':
    case 'timeout':
      return true;
    case 'tls':
    case 'authentication':
    case 'unusable-answer':
    case 'closed':
      return false;
    default:
      return isRetriable(failure.reason);
  }
}

/**
 * `asker`: as messages begin, `source events`; null for a verb that has just one thing to ask.
 * Errors that have a code already, and bugs, stay as they are.
 */
export function kafkaFailure(failure: unknown, asker: string | null = null): unknown {
  return failure instanceof KafkaError ? dreyErrorOf(failure, asker) : failure;
}

/** The failure that the answer for one partition stands for; `server`: as in KafkaError. */
export function partitionFailure(
  { request, server, subject }: { request: string; server: string; subject: string },
  reason: KafkaErrorName,
): KafkaError {
  const outcome = mayHaveTakenEffect(reason) ? 'unknown' : 'not-done';
  return new KafkaError({ request, server, subject, reason, detail: null, outcome });
}

function dreyErrorOf(failure: KafkaError, asker: string | null): DreyError {
  const { request, server, subject, reason, detail, outcome } = failure;
  const code = codeOf(failure);
  const who = asker === null ? '' : `${asker}: `;
  const options: DreyErrorOptions = {
    hint: hintOf(failure, code),
    retry: isWorthRetrying(failure) ? 'later' : 'never',
    details: { asker, request, server, subject, reason, detail, outcome },
    cause: failure,
  };
  const message = `${who}${sentenceOf(failure, code)}${detail === null ? '' : ` (${detail})`}`;
  switch (code) {
    case 'DREY_KAFKA_UNREACHABLE':
    case 'DREY_KAFKA_UNAVAILABLE':
      return new UnreachableError(code, message, options);
    case 'DREY_KAFKA_FENCED':
      return new LockedError(code, message, options);
    case 'DREY_KAFKA_LOGIN_REFUSED':
    case 'DREY_KAFKA_NOT_AUTHORIZED':
    case 'DREY_KAFKA_TOPIC_NOT_FOUND':
    case 'DREY_KAFKA_TOPIC_EXISTS':
    case 'DREY_KAFKA_RECORD_TOO_LARGE':
    case 'DREY_KAFKA_UNSUPPORTED':
    case 'DREY_KAFKA_REQUEST_FAILED':
      return new RefusedError(code, message, options);
  }
}

type FailureCode = Extract<
  ErrorCode,
  | 'DREY_KAFKA_UNREACHABLE'
  | 'DREY_KAFKA_UNAVAILABLE'
  | 'DREY_KAFKA_LOGIN_REFUSED'
  | 'DREY_KAFKA_NOT_AUTHORIZED'
  | 'DREY_KAFKA_TOPIC_NOT_FOUND'
  | 'DREY_KAFKA_TOPIC_EXISTS'
  | 'DREY_KAFKA_RECORD_TOO_LARGE'
  | 'DREY_KAFKA_FENCED'
  | 'DREY_KAFKA_UNSUPPORTED'
  | 'DREY_KAFKA_REQUEST_FAILED'
>;

type Reason = KafkaErrorName | KafkaConnectionFailure;

const CODES: Readonly<Partial<Record<Reason, FailureCode>>> = {
  unreachable: 'DREY_KAFKA_UNREACHABLE',
  'cut-off': 'DREY_KAFKA_UNREACHABLE',
  timeout: 'DREY_KAFKA_UNREACHABLE',
  tls: 'DREY_KAFKA_UNREACHABLE',
  'unusable-answer': 'DREY_KAFKA_UNREACHABLE',
  closed: 'DREY_KAFKA_UNREACHABLE',
  authentication: 'DREY_KAFKA_LOGIN_REFUSED',
  SASL_AUTHENTICATION_FAILED: 'DREY_KAFKA_LOGIN_REFUSED',
  UNSUPPORTED_SASL_MECHANISM: 'DREY_KAFKA_LOGIN_REFUSED',
  ILLEGAL_SASL_STATE: 'DREY_KAFKA_LOGIN_REFUSED',
  TOPIC_AUTHORIZATION_FAILED: 'DREY_KAFKA_NOT_AUTHORIZED',
  GROUP_AUTHORIZATION_FAILED: 'DREY_KAFKA_NOT_AUTHORIZED',
  CLUSTER_AUTHORIZATION_FAILED: 'DREY_KAFKA_NOT_AUTHORIZED',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'DREY_KAFKA_NOT_AUTHORIZED',
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: 'DREY_KAFKA_NOT_AUTHORIZED',
  UNKNOWN_TOPIC_OR_PARTITION: 'DREY_KAFKA_TOPIC_NOT_FOUND',
  UNKNOWN_TOPIC_ID: 'DREY_KAFKA_TOPIC_NOT_FOUND',
  TOPIC_ALREADY_EXISTS: 'DREY_KAFKA_TOPIC_EXISTS',
  MESSAGE_TOO_LARGE: 'DREY_KAFKA_RECORD_TOO_LARGE',
  RECORD_LIST_TOO_LARGE: 'DREY_KAFKA_RECORD_TOO_LARGE',
  PRODUCER_FENCED: 'DREY_KAFKA_FENCED',
  INVALID_PRODUCER_EPOCH: 'DREY_KAFKA_FENCED',
  FENCED_INSTANCE_ID: 'DREY_KAFKA_FENCED',
  UNSUPPORTED_VERSION: 'DREY_KAFKA_UNSUPPORTED',
  UNSUPPORTED_FOR_MESSAGE_FORMAT: 'DREY_KAFKA_UNSUPPORTED',
  UNSUPPORTED_COMPRESSION_TYPE: 'DREY_KAFKA_UNSUPPORTED',
};

function codeOf({ reason }: KafkaError): FailureCode {
  const known = CODES[reason];
  if (known !== undefined) return known;
  return isRetriable(reason) ? 'DREY_KAFKA_UNAVAILABLE' : 'DREY_KAFKA_REQUEST_FAILED';
}

function sentenceOf(failure: KafkaError, code: FailureCode): string {
  const { request, server, reason } = failure;
  const subject = failure.subject ?? 'the cluster';
  const about = failure.subject === null ? '' : ` about ${failure.subject}`;
  switch (code) {
    case 'DREY_KAFKA_UNREACHABLE':
      return `no usable answer from Kafka at ${server} to ${request}${about}: ${brokenOff(reason)}`;
    case 'DREY_KAFKA_UNAVAILABLE':
      return `Kafka at ${server} cannot answer ${request}${about} at present: ${reason}`;
    case 'DREY_KAFKA_LOGIN_REFUSED':
      return `Kafka at ${server} refused the login`;
    case 'DREY_KAFKA_NOT_AUTHORIZED':
      return `Kafka at ${server} does not allow ${request} of ${subject} to this login: ${reason}`;
    case 'DREY_KAFKA_TOPIC_NOT_FOUND':
      return `Kafka at ${server} has no ${subject}: ${reason}`;
    case 'DREY_KAFKA_TOPIC_EXISTS':
      return `Kafka at ${server} has ${subject} already`;
    case 'DREY_KAFKA_RECORD_TOO_LARGE':
      return `Kafka at ${server} does not take a batch of this size for ${subject}: ${reason}`;
    case 'DREY_KAFKA_FENCED':
      return `Kafka at ${server} refused ${request}${about}, because another producer has taken over: ${reason}`;
    case 'DREY_KAFKA_UNSUPPORTED':
    case 'DREY_KAFKA_REQUEST_FAILED':
      return `Kafka at ${server} refused ${request}${about}: ${reason}`;
  }
}

function brokenOff(reason: Reason): string {
  switch (reason) {
    case 'unreachable':
      return 'there is no connection';
    case 'cut-off':
      return 'the connection broke';
    case 'timeout':
      return 'it took too long';
    case 'tls':
      return 'the TLS connection failed';
    case 'unusable-answer':
      return 'the answer is none of Kafka';
    case 'closed':
      return 'the client was closed';
    default:
      return reason;
  }
}

function hintOf({ reason }: KafkaError, code: FailureCode): string {
  switch (reason) {
    case 'unreachable':
    case 'timeout':
      return 'Check the bootstrap servers and the network. Brokers tell clients their own address (advertised.listeners): it must be reachable from here, too.';
    case 'cut-off':
    case 'unusable-answer':
      return 'Check that the port is that of Kafka and fits security.protocol: a port for TLS or SASL breaks off what comes in plain text.';
    case 'tls':
      return 'Check security.protocol, ssl.truststore.* and ssl.keystore.*; openssl s_client -connect HOST:PORT shows the certificate of the broker.';
    case 'UNSUPPORTED_SASL_MECHANISM':
      return 'Set sasl.mechanism to one that the brokers take (sasl.enabled.mechanisms).';
    default:
      return errorCodes[code].next;
  }
}
