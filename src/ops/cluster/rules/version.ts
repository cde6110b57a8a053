/** What this cluster is, as far as it limits what can be done with it. */
import { SUPPORTED_MIN } from '../../../flink/model/flink-version.ts';
import type { Finding } from '../../finding.ts';
import type { ClusterFacts } from '../cluster-facts.ts';

export function unsupportedVersion({ isSupported, versionText }: ClusterFacts): readonly Finding[] {
  if (isSupported !== false) return [];
  return [
    {
      rule: 'unsupported-version',
      severity: 'warning',
      title: `Flink ${versionText} is older than ${SUPPORTED_MIN}, the oldest that drey is made for`,
      evidence: { version: versionText },
      advice: [{ text: 'what drey reads may be incomplete; upgrade the cluster' }],
      confidence: 'high',
    },
  ];
}

/** Often on purpose: who may submit may run any code in the cluster. */
export function webSubmitOff({ webSubmit }: ClusterFacts): readonly Finding[] {
  if (webSubmit !== false) return [];
  return [
    {
      rule: 'web-submit-off',
      severity: 'info',
      title:
        'jars cannot be submitted over REST: the cluster has no /jars (web.submit.enable is false)',
      evidence: { webSubmit: 'off' },
      advice: [
        { text: 'use application mode, flink run, or SQL by the SQL gateway (drey sql)' },
        {
          key: 'web.submit.enable',
          value: 'true',
          text: 'allows it; who reaches the REST port can then run any code',
        },
      ],
      confidence: 'high',
    },
  ];
}
