import { expect, test } from 'vitest';
import { redisOutcome } from '../../../src/engine/async/redis-outcome.ts';
import { isRestartable } from '../../../src/engine/failover/restartable.ts';

const refused = (code: string) =>
  redisOutcome('sink out', 'h:1', {
    kind: 'replies',
    replies: ['OK', { code, message: `${code} words` }],
  });

const failed = (reason: 'login' | 'cut-off') =>
  redisOutcome('sink out', 'h:1', {
    kind: 'failed',
    failure: { reason, server: 'h:1', detail: 'words', isSent: false },
  });

test.each([
  ['a server that is away may be back after a restart', failed('cut-off'), true],
  ['a full server may have room after a restart', refused('OOM'), true],
  ['a key of another kind is one again', refused('WRONGTYPE'), false],
  ['a login that was refused is refused again', failed('login'), false],
])('%s', (_, outcome, isExpected) => {
  if (outcome.kind === 'done') throw new Error('it is a failure');
  expect(isRestartable(outcome.error)).toBe(isExpected);
});
