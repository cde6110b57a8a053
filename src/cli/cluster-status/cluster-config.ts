/**
 * `cluster config`: what the cluster runs with, as its configuration file and command line said.
 * Options that were never set are not among them: for those Flink's defaults hold.
 */
import type { ClusterFeatures } from '../../flink/model/cluster.ts';
import { flagCell, textCell, type View } from '../../output/view.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { matchNames } from '../job/match-names.ts';
import { maskEntry, type ShownEntry } from './mask-secrets.ts';

export interface ConfigResult {
  readonly version: string | null;
  readonly revision: string | null;
  readonly timeZone: string | null;
  /** How long the JobManager answers from its cache. */
  readonly refreshIntervalMs: number | null;
  readonly features: ClusterFeatures;
  /** Those that were asked for, by key; `******` stands for what is secret. */
  readonly entries: readonly ShownEntry[];
  /** How many the cluster has. */
  readonly total: number;
}

/** `patterns`: beginnings of keys, or patterns with * and ?; none: all. */
export async function configOfCluster(
  { client }: ClusterSession,
  patterns: readonly string[],
): Promise<ConfigResult> {
  const [config, all] = await Promise.all([
    client.clusters.config(),
    client.clusters.jobManagerConfig(),
  ]);
  const keys = all.map(({ key }) => key);
  const wanted = new Set(matchNames(keys, patterns.map(asPattern)));
  return {
    version: config.versionText,
    revision: config.revision,
    timeZone: config.timeZone,
    refreshIntervalMs: config.refreshIntervalMs,
    features: config.features,
    entries: all.filter(({ key }) => wanted.has(key)).map(maskEntry),
    total: all.length,
  };
}

export function configView({ entries, total }: ConfigResult): View {
  return {
    sections: [
      {
        kind: 'table',
        empty:
          total === 0
            ? 'the cluster tells no configuration'
            : `none of its ${total} options is called so; options that were never set are not listed`,
        columns: [
          { key: 'key', heading: 'KEY' },
          { key: 'value', heading: 'VALUE' },
          { key: 'isMasked', heading: 'HIDDEN', isWide: true },
        ],
        rows: entries.map(({ key, value, isMasked }) => [
          textCell(key),
          textCell(value),
          flagCell(isMasked),
        ]),
      },
    ],
    names: entries.map(({ key }) => key),
  };
}

/** `state.backend` means all that begins with it. */
function asPattern(text: string): string {
  return /[*?]/.test(text) ? text : `${text}*`;
}
