/** The error of a request that came to nothing: which request it was, and how often it was tried. */
import { UnreachableError } from '../../errors/drey-error.ts';
import { describeAsked, type Asked } from './answer-error.ts';

/** The whole time was over before the request was sent. */
export function noTimeLeft(asked: Asked): UnreachableError {
  const { method, host, endpoint } = asked;
  return new UnreachableError(
    'DREY_UNREACHABLE',
    `${describeAsked(asked)} was not sent: the time for the whole command is over`,
    {
      hint: 'Give more time with --timeout.',
      details: { method, host, endpoint, reason: 'no-time-left' },
    },
  );
}

/** It was being answered when the whole time was over. */
export function cutOff({ method, host }: Asked): UnreachableError {
  return new UnreachableError(
    'DREY_UNREACHABLE',
    `no usable answer from ${host}: it was not complete when the time was over`,
    { details: { host, method, reason: 'total-timeout' } },
  );
}

/** The platform knows the host; what was asked of it is known here. */
export function withEndpoint({ method, endpoint }: Asked, error: unknown): unknown {
  if (!(error instanceof UnreachableError) || error.code !== 'DREY_UNREACHABLE') return error;
  if (error.details['endpoint'] !== undefined) return error;
  return new UnreachableError(error.code, `${method} ${endpoint}: ${error.message}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    retry: error.retry,
    details: { ...error.details, endpoint: `${method} ${endpoint}` },
    cause: error.cause,
  });
}

/** The error with the number of tries, where there was more than one. */
export function tried(error: unknown, tries: number): unknown {
  if (tries === 1 || !(error instanceof UnreachableError)) return error;
  return new UnreachableError(error.code, `${error.message}; tried ${tries} times`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    retry: error.retry,
    details: { ...error.details, tries },
    cause: error,
  });
}
