/** One step between here and the cluster, and how it went. */
import type { ErrorCode } from '../../errors/codes.ts';

/** In the order in which they are made. */
export const checkNames = [
  'environment',
  'config-file',
  'target',
  'credentials',
  'proxy',
  'dns',
  'tcp',
  'tls',
  'http',
  'authorization',
  'flink',
  'version',
  'clock',
  'leader',
  'task-managers',
  'web-submit',
  'upload',
  'sql-gateway',
] as const;
export type CheckName = (typeof checkNames)[number];

/** A warning is worth knowing and stops nothing. */
export type CheckStatus = 'ok' | 'warning' | 'failed' | 'skipped';

export interface Check {
  readonly name: CheckName;
  readonly status: CheckStatus;
  readonly detail: string;
  /** What to do; there whenever it is a warning or failed. */
  readonly next?: string;
}

/** A check that failed, with the code that gives the exit status. */
export interface Failure {
  readonly check: CheckName;
  readonly code: ErrorCode;
}

export interface Checked {
  readonly checks: readonly Check[];
  /** Of the first of them that failed. */
  readonly failure: Failure | null;
}

export const ok = (name: CheckName, detail: string): Check => ({ name, status: 'ok', detail });

export const skipped = (name: CheckName, detail: string): Check => ({
  name,
  status: 'skipped',
  detail,
});

export const warning = (name: CheckName, detail: string, next: string): Check => ({
  name,
  status: 'warning',
  detail,
  next,
});

export const failed = (name: CheckName, detail: string, next: string): Check => ({
  name,
  status: 'failed',
  detail,
  next,
});

/** In their order, with those that could not be made because of the failure. */
export function completed({ checks, failure }: Checked): readonly Check[] {
  if (failure === null) return inOrder(checks);
  const made = new Set(checks.map(({ name }) => name));
  const rest = checkNames.filter((name) => !made.has(name));
  const reason = `not checked, because ${failure.check} failed`;
  return inOrder([...checks, ...rest.map((name) => skipped(name, reason))]);
}

function inOrder(checks: readonly Check[]): readonly Check[] {
  return checks.toSorted(
    (left, right) => checkNames.indexOf(left.name) - checkNames.indexOf(right.name),
  );
}
