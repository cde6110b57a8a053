/** TaskManagers: processes, their memory, logs, threads and metrics. */
import type { HttpStream } from '../../platform/http.ts';
import type { TaskManagerId } from '../model/identifiers.ts';
import { decodeMetrics, type Metric } from '../model/metric.ts';
import {
  decodeLogFiles,
  decodeTaskManager,
  decodeTaskManagers,
  decodeThreadDump,
  type LogFile,
  type TaskManagerDetails,
  type TaskManagerSummary,
  type ThreadDump,
} from '../model/task-manager.ts';
import { paths } from './paths.ts';
import type { CallOptions, Transport } from './transport.ts';

export class TaskManagers {
  private readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  list(): Promise<readonly TaskManagerSummary[]> {
    return this.transport.read(paths.taskManagers(), decodeTaskManagers);
  }

  details(id: TaskManagerId): Promise<TaskManagerDetails> {
    return this.transport.read(paths.taskManager(id), decodeTaskManager);
  }

  logs(id: TaskManagerId): Promise<readonly LogFile[]> {
    return this.transport.read(paths.taskManagerLogs(id), decodeLogFiles);
  }

  log(id: TaskManagerId, name: string, call: CallOptions = {}): Promise<HttpStream> {
    return this.transport.readStream(paths.taskManagerLog(id, name), call);
  }

  /** The file that the process logs into; refused (500) when it logs into none. */
  mainLog(id: TaskManagerId, call: CallOptions = {}): Promise<HttpStream> {
    return this.transport.readStream(paths.taskManagerMainLog(id), call);
  }

  stdout(id: TaskManagerId, call: CallOptions = {}): Promise<HttpStream> {
    return this.transport.readStream(paths.taskManagerStdout(id), call);
  }

  threads(id: TaskManagerId): Promise<ThreadDump> {
    return this.transport.read(paths.taskManagerThreads(id), decodeThreadDump);
  }

  /** Names without values when `names` is empty. */
  metrics(id: TaskManagerId, names: readonly string[]): Promise<readonly Metric[]> {
    const query = names.length === 0 ? {} : { get: names };
    return this.transport.read(paths.taskManagerMetrics(id, query), decodeMetrics);
  }
}
