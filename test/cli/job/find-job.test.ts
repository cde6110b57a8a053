import { describe, expect, test } from 'vitest';
import { findJob, matchJob } from '../../../src/cli/job/find-job.ts';
import { DreyError } from '../../../src/errors/drey-error.ts';
import { decodeJobs } from '../../../src/flink/model/job.ts';

const first = 'aaaaaa11111111111111111111111111';
const second = 'aaaaaa22222222222222222222222222';
const third = 'bbbbbb33333333333333333333333333';
const fourth = 'cccccc44444444444444444444444444';

const jobs = decodeJobs({
  jobs: [
    { jid: first, name: 'orders', state: 'RUNNING' },
    { jid: second, name: 'orders', state: 'FAILED' },
    { jid: third, name: 'twice', state: 'RUNNING' },
    { jid: fourth, name: 'twice', state: 'RESTARTING' },
  ],
});

function found(argument: string): string {
  const match = matchJob(jobs, argument);
  if (match.kind === 'job') return match.job.jobId;
  return match.kind === 'unknown' ? 'unknown' : match.candidates.map(({ jobId }) => jobId).join();
}

describe('a job argument', () => {
  test.each([
    ['a whole id', first, first],
    ['an id in capitals', first.toUpperCase(), first],
    ['a prefix of six', 'bbbbbb', third],
    ['a prefix of two jobs', 'aaaaaa', `${first},${second}`],
    ['a prefix that is too short', 'bbbbb', 'unknown'],
    ['a name, of which one is active', 'orders', first],
    ['a name of two active jobs', 'twice', `${third},${fourth}`],
    ['a name in other letters', 'Orders', 'unknown'],
    ['the page of a running job', `http://h:8081/#/job/running/${third}/overview`, third],
    ['the page of a job, old form', `https://h/flink/#/job/${second}/checkpoints`, second],
    ['a page of something else', 'http://h:8081/#/overview', 'unknown'],
    ['an id that is not there', 'f'.repeat(32), 'unknown'],
  ])('is understood: %s', (_, argument, expected) => {
    expect(found(argument)).toBe(expected);
  });

  test('that names two jobs is refused with both', () => {
    expect(refusal('aaaaaa')).toMatchObject({
      code: 'DREY_JOB_AMBIGUOUS',
      exitCode: 5,
      details: { candidates: [{ jobId: first }, { jobId: second }] },
    });
  });

  test('that names none is refused with the nearest name', () => {
    expect(refusal('order')).toMatchObject({
      code: 'DREY_JOB_NOT_FOUND',
      exitCode: 5,
      hint: expect.stringContaining('"orders"') as string,
    });
  });
});

function refusal(argument: string): DreyError {
  try {
    findJob(jobs, argument, 'h:8081');
  } catch (error) {
    if (error instanceof DreyError) return error;
  }
  throw new Error('it was not refused');
}
