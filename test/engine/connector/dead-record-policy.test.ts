import { describe, expect, test } from 'vitest';
import type { DeadRecord } from '../../../src/engine/connector/contract.ts';
import { failOnDeadRecord } from '../../../src/engine/connector/dead-record-policy.ts';

const record: DeadRecord = {
  code: 'DREY_RECORD_UNREADABLE',
  source: 'events',
  split: './data/events.jsonl',
  position: 12,
  unit: 'line',
  column: 'ts',
  reason: 'expected a number, found "abc"',
  raw: new TextEncoder().encode('{"ts":"abc"}'),
};

function check(changes: Partial<DeadRecord>, expected: object): void {
  expect(() => failOnDeadRecord({ ...record, ...changes })).toThrow(
    expect.objectContaining(expected),
  );
}

describe('the default policy ends the job with an input error', () => {
  test('that names source, split, line and column, and the next step', () => {
    check(
      {},
      {
        code: 'DREY_RECORD_UNREADABLE',
        exitCode: 3,
        retry: 'never',
        message:
          'source events, ./data/events.jsonl, line 12: column ts: expected a number, found "abc"',
        hint: expect.stringContaining('on-error: dead-letter'),
        details: {
          source: 'events',
          split: './data/events.jsonl',
          line: 12,
          column: 'ts',
          reason: record.reason,
          excerpt: '{"ts":"abc"}',
        },
      },
    );
  });

  test('that names no column when the record as a whole is broken', () => {
    const message = 'source events, ./data/events.jsonl, line 12: it ends early';
    check({ column: null, reason: 'it ends early' }, { message });
  });

  test('that has the code of a record that is too long', () => {
    check({ code: 'DREY_RECORD_TOO_LONG' }, { code: 'DREY_RECORD_TOO_LONG', exitCode: 3 });
  });

  test('that shows the beginning of a long record only, and any bytes as text', () => {
    const raw = new Uint8Array(1000).fill(0x61);
    raw[0] = 0xff;
    check({ raw }, { details: expect.objectContaining({ excerpt: `\uFFFD${'a'.repeat(199)}` }) });
  });
});
