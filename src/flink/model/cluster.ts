/** The cluster as a whole: /overview, /config, /jobmanager/config. */
import { Fields, listOfFields } from './fields.ts';
import { parseFlinkVersion, type FlinkVersion } from './flink-version.ts';

export interface ClusterOverview {
  readonly version: string | null;
  readonly commit: string | null;
  readonly taskManagers: number | null;
  readonly slotsTotal: number | null;
  readonly slotsAvailable: number | null;
  readonly jobsRunning: number | null;
  readonly jobsFinished: number | null;
  readonly jobsCanceled: number | null;
  readonly jobsFailed: number | null;
}

/** Switches of the server, for those who submit and cancel over REST. */
export interface ClusterFeatures {
  readonly webSubmit: boolean | null;
  readonly webCancel: boolean | null;
  readonly webRescale: boolean | null;
  /** True: it is a HistoryServer, which knows jobs that are over. */
  readonly webHistory: boolean | null;
}

export interface ClusterConfig {
  /** Null when the server says none, or one that looks like none. */
  readonly version: FlinkVersion | null;
  readonly versionText: string | null;
  readonly revision: string | null;
  readonly refreshIntervalMs: number | null;
  readonly timeZone: string | null;
  readonly features: ClusterFeatures;
}

export interface ConfigurationEntry {
  readonly key: string;
  readonly value: string;
}

/** Of /overview. */
export function decodeClusterOverview(answer: unknown): ClusterOverview {
  const overview = Fields.of(answer);
  return {
    version: overview.text('flink-version'),
    commit: overview.text('flink-commit'),
    taskManagers: overview.number('taskmanagers'),
    slotsTotal: overview.number('slots-total'),
    slotsAvailable: overview.number('slots-available'),
    jobsRunning: overview.number('jobs-running'),
    jobsFinished: overview.number('jobs-finished'),
    jobsCanceled: overview.number('jobs-cancelled'),
    jobsFailed: overview.number('jobs-failed'),
  };
}

/** Of /config. */
export function decodeClusterConfig(answer: unknown): ClusterConfig {
  const config = Fields.of(answer);
  const versionText = config.text('flink-version');
  const features = config.object('features');
  return {
    version: versionText === null ? null : parseFlinkVersion(versionText),
    versionText,
    revision: config.text('flink-revision'),
    refreshIntervalMs: config.measure('refresh-interval'),
    timeZone: config.text('timezone-name'),
    features: {
      webSubmit: features?.flag('web-submit') ?? null,
      webCancel: features?.flag('web-cancel') ?? null,
      webRescale: features?.flag('web-rescale') ?? null,
      webHistory: features?.flag('web-history') ?? null,
    },
  };
}

/** Of /jobmanager/config and /jobs/:id/jobmanager/config; in the order of their keys. */
export function decodeConfiguration(answer: unknown): readonly ConfigurationEntry[] {
  return listOfFields(answer)
    .flatMap((entry) => {
      const key = entry.text('key');
      return key === null ? [] : [{ key, value: entry.text('value') ?? '' }];
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
