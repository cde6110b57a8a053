/** What a test or a bench must know of a running cluster, as plain values: it crosses processes. */
import type { FlinkCommand, FlinkPeer } from './flink-cluster.ts';
import type { FlinkVersion } from './flink-distribution.ts';
import { flinkJobJar } from './flink-job.ts';

export interface FlinkUnderTest {
  readonly version: FlinkVersion;
  readonly restUrl: string;
  readonly gatewayUrl: string;
  /** The job of test/peers/job for this version. */
  readonly jar: string;
  readonly savepointFolder: string;
  readonly home: string;
  /** Flink's own command line; see FlinkPeer.command. */
  readonly flinkCommand: FlinkCommand;
}

export type FlinksUnderTest = Readonly<Record<string, FlinkUnderTest>>;

export async function underTest(peer: FlinkPeer): Promise<FlinkUnderTest> {
  return {
    version: peer.version,
    restUrl: peer.restUrl,
    gatewayUrl: peer.gatewayUrl,
    jar: await flinkJobJar(peer.version),
    savepointFolder: peer.savepointFolder,
    home: peer.home,
    flinkCommand: peer.command,
  };
}
