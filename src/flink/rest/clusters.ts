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
import { decodeLogFiles, type LogFile } from '../model/task-manager.ts';
import type { HttpStream } from '../../platform/http.ts';
import { paths } from './paths.ts';
import { SMALL_BODY, type Transport } from './transport.ts';

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

  jobManagerMetrics(names: readonly string[]): Promise<readonly Metric[]> {
    return this.transport.read(paths.jobManagerMetrics({ get: names }), decodeMetrics);
  }

  jobManagerLogs(): Promise<readonly LogFile[]> {
    return this.transport.read(paths.jobManagerLogs(), decodeLogFiles);
  }

  jobManagerLog(name: string): Promise<HttpStream> {
    return this.transport.readStream(paths.jobManagerLog(name));
  }
}
