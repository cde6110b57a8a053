/**
 * The exit statuses of the `drey` process.
 * Scripts depend on them, so a number never changes its meaning.
 */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  input: 3,
  unreachable: 4,
  refused: 5,
  operationFailed: 6,
  stillRunning: 7,
  findings: 8,
  engine: 9,
  outcomeUnknown: 10,
  locked: 11,
  verification: 12,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
