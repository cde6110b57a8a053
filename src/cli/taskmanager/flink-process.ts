/**
 * A process of the cluster, a TaskManager or the JobManager: both have logs, threads and metrics,
 * at different addresses.
 */
import { RefusedError } from '../../errors/drey-error.ts';
import type { TaskManagerId } from '../../flink/model/identifiers.ts';
import type { Metric } from '../../flink/model/metric.ts';
import type { LogFile, ThreadDump } from '../../flink/model/task-manager.ts';
import type { FlinkClient } from '../../flink/rest/flink-client.ts';
import type { CallOptions } from '../../flink/rest/transport.ts';
import type { HttpStream } from '../../platform/http.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { findTaskManager } from './find-task-manager.ts';

/** Which process is meant. */
export type ProcessChoice =
  | { readonly kind: 'job-manager' }
  /** Id, beginning or part of one; null: the only TaskManager. */
  | { readonly kind: 'task-manager'; readonly argument: string | null };

export interface FlinkProcess {
  /** Null: the JobManager. */
  readonly taskManagerId: TaskManagerId | null;
  /** For messages: `TaskManager x`, `the JobManager`. */
  readonly title: string;
  files(): Promise<readonly LogFile[]>;
  /** Null: the file that the process logs into. */
  log(file: LogName): Promise<HttpStream>;
  threads(): Promise<ThreadDump>;
  /** Names without values when `names` is empty. */
  metrics(names: readonly string[]): Promise<readonly Metric[]>;
}

export type LogName =
  | { readonly kind: 'file'; readonly name: string }
  /** The log of the process. */
  | { readonly kind: 'main' }
  | { readonly kind: 'stdout' };

/** A TaskManager sends the whole file to the JobManager before that one answers. */
const LARGE_FILE: CallOptions = { headersMs: 300_000, budgetMs: 300_000 };

export async function openProcess(
  session: ClusterSession,
  choice: ProcessChoice,
): Promise<FlinkProcess> {
  const { client, target } = session;
  if (choice.kind === 'job-manager') return jobManager(client);
  const all = await client.taskManagers.list();
  const host = new URL(target.rest.baseUrl).host;
  return taskManager(client, findTaskManager(all, choice.argument, host).taskManagerId);
}

export function taskManager({ taskManagers }: FlinkClient, id: TaskManagerId): FlinkProcess {
  const title = `TaskManager ${id}`;
  return {
    taskManagerId: id,
    title,
    files: () => taskManagers.logs(id),
    log: (file) =>
      sayingNoLog(title, file, () => {
        if (file.kind === 'file') return taskManagers.log(id, file.name, LARGE_FILE);
        return file.kind === 'main'
          ? taskManagers.mainLog(id, LARGE_FILE)
          : taskManagers.stdout(id, LARGE_FILE);
      }),
    threads: () => taskManagers.threads(id),
    metrics: (names) => taskManagers.metrics(id, names),
  };
}

function jobManager({ clusters }: FlinkClient): FlinkProcess {
  const title = 'the JobManager';
  return {
    taskManagerId: null,
    title,
    files: () => clusters.jobManagerLogs(),
    log: (file) =>
      sayingNoLog(title, file, () => {
        if (file.kind === 'file') return clusters.jobManagerLog(file.name, LARGE_FILE);
        return file.kind === 'main'
          ? clusters.jobManagerMainLog(LARGE_FILE)
          : clusters.jobManagerStdout(LARGE_FILE);
      }),
    threads: () => clusters.jobManagerThreads(),
    metrics: (names) => clusters.jobManagerMetrics(names),
  };
}

/** Flink answers 404 or 500 for a file that is not there, and for a process that logs into none. */
async function sayingNoLog(
  title: string,
  file: LogName,
  read: () => Promise<HttpStream>,
): Promise<HttpStream> {
  try {
    return await read();
  } catch (error) {
    const isNoFile =
      error instanceof RefusedError &&
      (error.code === 'DREY_FLINK_NOT_FOUND' || error.code === 'DREY_FLINK_FAILED');
    if (!isNoFile) throw error;
    throw new RefusedError(
      'DREY_LOG_UNAVAILABLE',
      `${title} gives no ${nameOf(file)}: ${error.message}`,
      { hint: hintOf(file), details: error.details, cause: error },
    );
  }
}

function nameOf(file: LogName): string {
  if (file.kind === 'file') return `file ${JSON.stringify(file.name)}`;
  return file.kind === 'main' ? 'log' : 'file with its standard output';
}

function hintOf(file: LogName): string {
  if (file.kind === 'file') return 'Run the command without a file to see which ones there are.';
  if (file.kind === 'main') {
    return 'The process may log to the console only: no log.file is set. In a container its log is that of the container (kubectl logs).';
  }
  return 'The process may have no .out file: in a container its standard output is the log of the container (kubectl logs).';
}
