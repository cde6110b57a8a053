/** The vertex that others wait for: it works all the time and is not held up itself. */
import { parallelismAdvice } from '../capacity.ts';
import type { Culprit, PressureReasons } from '../culprits.ts';
import type { Advice, Finding } from '../../finding.ts';
import {
  busyOf,
  percent,
  PRESSURE_HIGH,
  pressureOf,
  readersOf,
  type JobLoad,
  type VertexLoad,
} from '../job-load.ts';
import { skewOf } from '../skew.ts';
import { skewAdvice, skewEvidence, skewText } from './skew.ts';

export function slowVertex(load: JobLoad, { culprits }: PressureReasons): readonly Finding[] {
  return culprits.map((culprit) => {
    const { vertex, heldUp, isCertain } = culprit;
    const pressure = Math.max(...heldUp.map((other) => pressureOf(other) ?? 0));
    const skew = skewOf(vertex);
    return {
      rule: ruleOf(load, culprit),
      severity: isCertain && pressure > PRESSURE_HIGH ? 'critical' : 'warning',
      title: `${titleOf(culprit)}${skew === null ? '' : `; ${skewText(skew)}`}`,
      evidence: {
        vertexId: vertex.vertexId,
        vertex: vertex.name,
        busyPercent: percent(busyOf(vertex)),
        backPressuredPercent: percent(pressureOf(vertex)),
        heldUp: heldUp.map(({ name }) => name).join(', '),
        heldUpPercent: percent(pressure),
        recordsInPerSec: vertex.recordsInPerSec,
        parallelism: vertex.parallelism,
        ...(skew === null ? {} : skewEvidence(skew)),
      },
      advice: [
        ...(skew === null ? parallelismAdvice(load, vertex) : skewAdvice(vertex, skew)),
        ...(isLast(load, vertex) ? [sinkAdvice(vertex)] : []),
        ...chainAdvice(vertex),
        {
          text: 'see where its thread is: the flame graph of the vertex in the Web UI (rest.flamegraph.enabled: true)',
        },
      ],
      confidence: isCertain ? 'high' : 'medium',
    };
  });
}

/** Which operator of a chain is slow cannot be seen from outside. */
export function chainAdvice({ operators }: VertexLoad): readonly Advice[] {
  if (operators.length < 2) return [];
  return [
    {
      key: 'pipeline.operator-chaining.enabled',
      value: 'false',
      text: `${operators.length} operators are chained in it (${operators.join(' -> ')}): run once without chaining, or with disableChaining() at the suspect, to see which one it is (the option ends in operator-chaining before 1.19)`,
    },
  ];
}

/** The rule under which a culprit is reported. */
export function ruleOf(load: JobLoad, { vertex }: Culprit): string {
  if (skewOf(vertex) !== null) return 'skewed-vertex';
  return isLast(load, vertex) && vertex.operators.length < 2 ? 'slow-sink' : 'slow-vertex';
}

function titleOf({ vertex, heldUp, isCertain }: Culprit): string {
  const busy = `busy ${percent(busyOf(vertex)) ?? 0} % of the time`;
  const others = heldUp.length === 1 ? (heldUp[0]?.name ?? '') : `${heldUp.length} vertices`;
  return isCertain
    ? `${vertex.name} is the bottleneck: ${busy}, and ${others} ${heldUp.length === 1 ? 'waits' : 'wait'} for it`
    : `${vertex.name} is the likely bottleneck: ${busy}, more than all others that read from ${others}`;
}

function isLast(load: JobLoad, vertex: VertexLoad): boolean {
  return readersOf(load, vertex).length === 0;
}

function sinkAdvice({ operators }: VertexLoad): Advice {
  const where = operators.length < 2 ? 'it' : 'the end of its chain';
  return {
    text: `nothing reads from it, so ${where} writes out of the job: look at the system it writes to first (latency, throttling, batch size, number of connections); more subtasks do not help a system that is at its limit`,
  };
}
