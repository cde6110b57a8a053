/**
 * What limits the throughput of a job, from one look at how busy its vertices are: all rules over
 * one load, the worst finding first. Rules of one severity stand in the order of this list.
 */
import { pressureReasons, type PressureReasons } from './culprits.ts';
import { severities, type Finding } from '../finding.ts';
import {
  busyOf,
  isBackPressured,
  isBusy,
  isSampled,
  type JobLoad,
  type VertexLoad,
} from './job-load.ts';
import { nearLimit } from './rules/near-limit.ts';
import { noBottleneck, unmeasuredSource } from './rules/no-bottleneck.ts';
import { isWarmingUp, noSamples, warmUp } from './rules/no-samples.ts';
import { skewed } from './rules/skew.ts';
import { slowVertex } from './rules/slow-vertex.ts';
import { startDelay } from './rules/start-delay.ts';
import { externalPressure, unexplainedPressure } from './rules/unexplained-pressure.ts';
import { missingWatermark } from './rules/watermark.ts';

export type Role = 'bottleneck' | 'held-up' | 'busy' | 'relaxed' | 'unknown';

export interface Diagnosis {
  /** False: too little is known; that there is no bottleneck means nothing then. */
  readonly isConclusive: boolean;
  /** The vertex that the job waits for most; null when there is none, or it cannot be told. */
  readonly bottleneck: VertexLoad | null;
  /** One for each vertex, in their order. */
  readonly roles: readonly Role[];
  readonly findings: readonly Finding[];
}

type Rule = (load: JobLoad, reasons: PressureReasons) => readonly Finding[];

const rules: readonly Rule[] = [
  slowVertex,
  externalPressure,
  unexplainedPressure,
  noSamples,
  skewed,
  nearLimit,
  noBottleneck,
  missingWatermark,
  startDelay,
  unmeasuredSource,
];

export function findBottleneck(load: JobLoad): Diagnosis {
  if (isWarmingUp(load)) return tooEarly(load);
  const reasons = pressureReasons(load);
  const findings = rules.flatMap((rule) => rule(load, reasons));
  const blamed = new Set([...reasons.culprits.map(({ vertex }) => vertex), ...reasons.sinks]);
  const bottleneck = reasons.culprits[0]?.vertex ?? reasons.sinks[0] ?? null;
  return {
    isConclusive: bottleneck !== null || load.vertices.every(isSampled),
    bottleneck,
    roles: load.vertices.map((vertex) => (blamed.has(vertex) ? 'bottleneck' : roleOf(vertex))),
    findings: findings.toSorted(
      (left, right) => severities.indexOf(left.severity) - severities.indexOf(right.severity),
    ),
  };
}

function tooEarly(load: JobLoad): Diagnosis {
  return {
    isConclusive: false,
    bottleneck: null,
    roles: load.vertices.map(() => 'unknown'),
    findings: [...warmUp(load), ...noSamples(load)],
  };
}

function roleOf(vertex: VertexLoad): Role {
  if (!isSampled(vertex)) return 'unknown';
  if (isBackPressured(vertex)) return 'held-up';
  if (busyOf(vertex) === null) return 'unknown';
  return isBusy(vertex) ? 'busy' : 'relaxed';
}
