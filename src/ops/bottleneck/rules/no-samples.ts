/** Vertices that have no figures yet, and figures that are those of the start. */
import type { Finding } from '../../finding.ts';
import { isSampled, WARM_UP_MS, type JobLoad } from '../job-load.ts';

export function noSamples({ vertices }: JobLoad): readonly Finding[] {
  const missing = vertices.filter((vertex) => !isSampled(vertex));
  if (missing.length === 0) return [];
  const isAll = missing.length === vertices.length;
  const names = missing.map(({ name }) => name).join(', ');
  return [
    {
      rule: 'no-samples',
      severity: 'warning',
      title: isAll
        ? 'nothing can be said: the cluster has no samples of this job yet'
        : `${missing.length} of ${vertices.length} vertices have no samples yet: ${names}`,
      evidence: { vertices: vertices.length, withoutSamples: missing.length },
      advice: [
        {
          text: 'ask again in 10 s; metrics.fetcher.update-interval is how often they are collected',
        },
        {
          text: 'if it stays so, the JobManager cannot reach the metric service of the TaskManagers (metrics.internal.query-service.port)',
        },
      ],
      confidence: 'high',
    },
  ];
}

/** What the cluster shows of the first seconds is wrong. */
export function isWarmingUp({ runningMs }: JobLoad): boolean {
  return runningMs !== null && runningMs < WARM_UP_MS;
}

export function warmUp(load: JobLoad): readonly Finding[] {
  const { runningMs, restarts } = load;
  if (runningMs === null || !isWarmingUp(load)) return [];
  const since = (restarts ?? 0) === 0 ? '' : ` since the last of ${restarts} restarts`;
  const why = { text: 'see why it was restarted with drey job exceptions' };
  return [
    {
      rule: 'warm-up',
      severity: 'warning',
      title: `nothing can be said yet: the job runs for ${seconds(runningMs)} s${since}, and the first figures of a vertex are wrong`,
      evidence: { runningMs, restarts },
      advice: [
        ...(since === '' ? [] : [why]),
        { text: `ask again in ${seconds(WARM_UP_MS - runningMs)} s` },
      ],
      confidence: 'high',
    },
  ];
}

function seconds(durationMs: number): number {
  return Math.ceil(durationMs / 1000);
}
