/** One command's way to one cluster: who is asked, with what limits, and what is told meanwhile. */
import { RefusedError } from '../../errors/drey-error.ts';
import { FlinkClient } from '../../flink/rest/flink-client.ts';
import type { RetryNotice } from '../../flink/rest/transport.ts';
import { formatDuration } from '../../output/humanise.ts';
import type { Platform } from '../../platform/platform.ts';
import type { ClusterTarget } from '../context/resolve-cluster.ts';
import type { World } from '../report-failure.ts';
import { StatusLine } from './status-line.ts';

export interface ClusterSession {
  readonly client: FlinkClient;
  readonly target: ClusterTarget;
  readonly platform: Platform;
  readonly world: World;
  readonly status: StatusLine;
  /** From --timeout or the context; null: what the command thinks right. */
  readonly timeoutMs: number | null;
}

export function openSession(target: ClusterTarget, world: World): ClusterSession {
  const status = new StatusLine(world.platform.streams, world.terminal);
  const { timeoutMs } = target;
  const client = new FlinkClient(target.rest, world.platform, {
    ...(timeoutMs === null ? {} : { budgetMs: timeoutMs, totalMs: timeoutMs }),
    onRetry: (notice) => status.note(retryText(notice)),
  });
  return { client, target, platform: world.platform, world, status, timeoutMs };
}

/** Throws where the context forbids changes. `what`: "cancel a job". */
export function refuseIfReadOnly({ target }: ClusterSession, what: string): void {
  if (!target.isReadOnly) return;
  const message = `the context ${target.contextName ?? ''} is read-only and does not let you ${what}`;
  throw new RefusedError('DREY_CONTEXT_READ_ONLY', message, {
    details: { context: target.contextName },
  });
}

/** `drey savepoint wait a b` with the flags that lead to the same cluster. */
export function commandLine({ target }: ClusterSession, ...words: readonly string[]): string {
  return ['drey', ...words.map(shellWord), ...target.flags.map(shellWord)].join(' ');
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export function retryText({ error, waitMs }: RetryNotice): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `${reason}; trying again in ${formatDuration(waitMs)}`;
}
