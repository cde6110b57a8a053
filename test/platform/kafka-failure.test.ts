import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/errors/codes.ts';
import { DreyError } from '../../src/errors/drey-error.ts';
import { kafkaErrorName } from '../../src/kafka/error-names.ts';
import { KafkaError, type KafkaFailure } from '../../src/platform/kafka-error.ts';
import {
  isWorthRetrying,
  kafkaFailure,
  partitionFailure,
} from '../../src/platform/kafka-failure.ts';

function failed(reason: KafkaFailure['reason'], parts: Partial<KafkaFailure> = {}): KafkaError {
  return new KafkaError({
    request: 'Metadata',
    server: 'broker:9092',
    subject: 'topic events',
    detail: null,
    outcome: 'not-done',
    ...parts,
    reason,
  });
}

function mapped(failure: unknown, asker: string | null = null): DreyError {
  const error = kafkaFailure(failure, asker);
  if (!(error instanceof DreyError)) throw new Error('no DreyError came');
  return error;
}

describe('kafkaFailure', () => {
  it.each([
    ['unreachable', 'DREY_KAFKA_UNREACHABLE', 4],
    ['cut-off', 'DREY_KAFKA_UNREACHABLE', 4],
    ['timeout', 'DREY_KAFKA_UNREACHABLE', 4],
    ['tls', 'DREY_KAFKA_UNREACHABLE', 4],
    ['unusable-answer', 'DREY_KAFKA_UNREACHABLE', 4],
    ['LEADER_NOT_AVAILABLE', 'DREY_KAFKA_UNAVAILABLE', 4],
    ['NOT_ENOUGH_REPLICAS', 'DREY_KAFKA_UNAVAILABLE', 4],
    ['authentication', 'DREY_KAFKA_LOGIN_REFUSED', 5],
    ['SASL_AUTHENTICATION_FAILED', 'DREY_KAFKA_LOGIN_REFUSED', 5],
    ['TOPIC_AUTHORIZATION_FAILED', 'DREY_KAFKA_NOT_AUTHORIZED', 5],
    ['GROUP_AUTHORIZATION_FAILED', 'DREY_KAFKA_NOT_AUTHORIZED', 5],
    ['UNKNOWN_TOPIC_OR_PARTITION', 'DREY_KAFKA_TOPIC_NOT_FOUND', 5],
    ['TOPIC_ALREADY_EXISTS', 'DREY_KAFKA_TOPIC_EXISTS', 5],
    ['MESSAGE_TOO_LARGE', 'DREY_KAFKA_RECORD_TOO_LARGE', 5],
    ['INVALID_PRODUCER_EPOCH', 'DREY_KAFKA_FENCED', 11],
    ['UNSUPPORTED_VERSION', 'DREY_KAFKA_UNSUPPORTED', 5],
    ['POLICY_VIOLATION', 'DREY_KAFKA_REQUEST_FAILED', 5],
  ] as const)('%s is %s', (reason, code, exit) => {
    const error = mapped(failed(reason));
    expect([error.code, error.exitCode]).toEqual([code, exit]);
  });

  it('has a code whose exit status is the registered one for each name that Kafka knows', () => {
    for (let number = -1; number <= 120; number++) {
      const name = kafkaErrorName(number);
      if (name === null) continue;
      const error = mapped(failed(name));
      expect(error.exitCode).toBe(errorCodes[error.code].exit);
    }
  });

  it('names who asked, the server, the subject and what the broker said', () => {
    const failure = failed('unreachable', { detail: 'connect ECONNREFUSED 10.0.0.1:9092' });
    expect(mapped(failure, 'source events').message).toBe(
      'source events: no usable answer from Kafka at broker:9092 to Metadata about topic events: there is no connection (connect ECONNREFUSED 10.0.0.1:9092)',
    );
    expect(mapped(failure).details).toMatchObject({
      server: 'broker:9092',
      subject: 'topic events',
      outcome: 'not-done',
    });
  });

  it('says that a broken connection may have met a port that wants TLS', () => {
    expect(mapped(failed('cut-off')).hint).toContain('security.protocol');
  });

  it('leaves alone what is no failure of Kafka', () => {
    const bug = new TypeError('x is not a function');
    expect(kafkaFailure(bug)).toBe(bug);
  });
});

describe('isWorthRetrying', () => {
  it('is true for lost connections and the answers that pass', () => {
    for (const reason of ['unreachable', 'cut-off', 'timeout', 'NOT_LEADER_OR_FOLLOWER'] as const) {
      expect(isWorthRetrying(failed(reason))).toBe(true);
    }
  });

  it('is false for refusals and for what is no failure of Kafka', () => {
    for (const reason of ['authentication', 'tls', 'closed', 'INVALID_TOPIC_EXCEPTION'] as const) {
      expect(isWorthRetrying(failed(reason))).toBe(false);
    }
    expect(isWorthRetrying(new Error('other'))).toBe(false);
  });
});

describe('partitionFailure', () => {
  it('may have had an effect where the leader alone has written', () => {
    const place = { request: 'Produce', server: 'broker 1', subject: 'events-3' };
    expect(partitionFailure(place, 'NOT_ENOUGH_REPLICAS_AFTER_APPEND').outcome).toBe('unknown');
  });

  it('has had no effect otherwise', () => {
    const place = { request: 'Produce', server: 'broker 1', subject: 'events-3' };
    expect(partitionFailure(place, 'MESSAGE_TOO_LARGE')).toMatchObject({
      ...place,
      reason: 'MESSAGE_TOO_LARGE',
      outcome: 'not-done',
    });
  });
});
