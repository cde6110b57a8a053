/** The cluster as a whole and its JobManager. */
import {
  decodeClusterConfig,
  decodeClusterOverview,
  decodeConfiguration,
  type ClusterConfig,
  type ClusterOverview,
  type ConfigurationEntry,
} from '../model/cluster.ts';
import { capabilitiesOf, type Capabilities } from '../model/flink-version.ts';
import { decodeMetrics, type Metric } from '../model/metric.ts';
import {
  decodeLogFiles,
  decodeThreadDump,
  type LogFile,
  type ThreadDump,
} from '../model/task-manager.ts';
import { DreyError } from '../../errors/drey-error.ts';
import type { HttpStream } from '../../platform/http.ts';
import { parseHttpDate } from '../../platform/http-date.ts';
import { paths } from './paths.ts';
import { SMALL_BODY, type CallOptions, type Transport } from './transport.ts';

const CLOCK_BUDGET_MS = 3000;

export class Clusters {
  private readonly transport: Transport;
  private known: Promise<ClusterConfig> | null = null;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  overview(): Promise<ClusterOverview> {
    return this.transport.read(paths.overview(), decodeClusterOverview, SMALL_BODY);
  }

  /** Version and switches; asked once. */
  config(): Promise<ClusterConfig> {
    this.known ??= this.transport.read(paths.config(), decodeClusterConfig, SMALL_BODY);
    return this.known;
  }

  /** What requests to this cluster may hold. */
  async capabilities(): Promise<Capabilities> {
    return capabilitiesOf((await this.config()).version);
  }

  jobManagerConfig(): Promise<readonly ConfigurationEntry[]> {
    return this.transport.read(paths.jobManagerConfig(), decodeConfiguration);
  }

  /** Names without values when `names` is empty. */
  jobManagerMetrics(names: readonly string[]): Promise<readonly Metric[]> {
    const query = names.length === 0 ? {} : { get: names };
    return this.transport.read(paths.jobManagerMetrics(query), decodeMetrics);
  }

  jobManagerLogs(): Promise<readonly LogFile[]> {
    return this.transport.read(paths.jobManagerLogs(), decodeLogFiles);
  }

  jobManagerLog(name: string, call: CallOptions = {}): Promise<HttpStream> {
    return this.transport.readStream(paths.jobManagerLog(name), call);
  }

  /** The file that the process logs into; refused when it logs into none. */
  jobManagerMainLog(call: CallOptions = {}): Promise<HttpStream> {
    return this.transport.readStream(paths.jobManagerMainLog(), call);
  }

  jobManagerStdout(call: CallOptions = {}): Promise<HttpStream> {
    return this.transport.readStream(paths.jobManagerStdout(), call);
  }

  jobManagerThreads(): Promise<ThreadDump> {
    return this.transport.read(paths.jobManagerThreads(), decodeThreadDump);
  }

  /**
   * The JobManager's clock, exact to a second, from the header that comes with the Web UI; null
   * where the cluster serves none, or not at once: nothing depends on it alone.
   */
  async clockAtMs(): Promise<number | null> {
    try {
      const { headers, chunks } = await this.transport.readStream(paths.root(), {
        budgetMs: CLOCK_BUDGET_MS,
      });
      // The page itself is of no interest.
      for await (const chunk of chunks) if (chunk.length > 0) break;
      return parseHttpDate(headers['date'] ?? '');
    } catch (error) {
      if (error instanceof DreyError) return null;
      throw error;
    }
  }
}
