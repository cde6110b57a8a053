import { Errors } from '@oclif/core';
import { describe, expect, test } from 'vitest';
import { describeFailure, silentExitOf } from '../../src/cli/describe-failure.ts';
import { PipelineError } from '../../src/cli/pipeline-error.ts';
import { errorCodes } from '../../src/errors/codes.ts';
import {
  BugError,
  type DreyError,
  EngineError,
  FindingsError,
  InputError,
  InterruptedError,
  RefusedError,
  UnreachableError,
  UsageError,
  VerificationError,
} from '../../src/errors/drey-error.ts';

describe('every class of errors has the exit status of the table', () => {
  test.each([
    [1, new BugError('DREY_BUG', 'm')],
    [2, new UsageError('DREY_USAGE', 'm')],
    [3, new InputError('DREY_PIPELINE_INVALID', 'm')],
    [4, new UnreachableError('DREY_USAGE', 'm')],
    [5, new RefusedError('DREY_INIT_EXISTS', 'm')],
    [8, new FindingsError('DREY_PIPELINE_TEST_FAILED', 'm')],
    [9, new EngineError('DREY_STATE_TOO_LARGE', 'm')],
    [12, new VerificationError('DREY_USAGE', 'm')],
    [130, new InterruptedError('SIGINT', 'm')],
    [143, new InterruptedError('SIGTERM', 'm')],
  ] as [number, DreyError][])('%i', (exit, error) => {
    expect(describeFailure(error)?.exit).toBe(exit);
  });
});

test('a foreign error is a bug and keeps its stack', () => {
  const failure = describeFailure(new TypeError('x is not a function'));
  expect(failure).toMatchObject({
    code: 'DREY_BUG',
    exit: 1,
    message: 'TypeError: x is not a function',
  });
  expect(failure?.stack).toContain('describe-failure.test');
});

test('something thrown that is no error is a bug too', () => {
  expect(describeFailure('text')).toMatchObject({ code: 'DREY_BUG', exit: 1, message: 'text' });
});

test('an error of oclif is about usage', () => {
  expect(describeFailure(new Errors.CLIError('no such thing'))).toMatchObject({
    code: 'DREY_USAGE',
    exit: 2,
    message: 'no such thing',
  });
});

test('a request for an exit status is no failure', () => {
  const error = new Errors.ExitError(3);
  expect(describeFailure(error)).toBeNull();
  expect(silentExitOf(error)).toBe(3);
});

test('an error without a hint gets the next step of its code', () => {
  const failure = describeFailure(new RefusedError('DREY_INIT_EXISTS', 'm'));
  expect(failure?.hint).toBe(errorCodes.DREY_INIT_EXISTS.next);
});

test('findings are part of the details, the text of the file is not', () => {
  const finding = {
    code: 'DREY_PIPELINE_INVALID',
    severity: 'error',
    message: 'm',
    file: 'p.yaml',
    line: 1,
    column: 1,
    length: 1,
  } as const;
  const failure = describeFailure(new PipelineError('p.yaml', 'password: x', [finding]));
  expect(failure?.message).toBe('p.yaml has 1 error');
  expect(failure?.details).toEqual({ findings: [finding] });
  expect(JSON.stringify(failure?.details)).not.toContain('password');
});

test('causes are part of the stack', () => {
  const cause = new Error('disk on fire');
  const failure = describeFailure(new EngineError('DREY_STATE_TOO_LARGE', 'm', { cause }));
  expect(failure?.stack).toContain('caused by: Error: disk on fire');
});
