/** Back-pressure that no reader explains: it comes from the way between, or from outside. */
import type { PressureReasons } from '../culprits.ts';
import type { Finding } from '../../finding.ts';
import {
  busyOf,
  percent,
  PRESSURE_HIGH,
  pressureOf,
  readersOf,
  type JobLoad,
} from '../job-load.ts';

/** A vertex that nothing reads from waits for what it writes to. */
export function externalPressure(_load: JobLoad, { sinks }: PressureReasons): readonly Finding[] {
  return sinks.map((vertex) => ({
    rule: 'external-system',
    severity: (pressureOf(vertex) ?? 0) > PRESSURE_HIGH ? 'critical' : 'warning',
    title: `${vertex.name} is back-pressured ${percent(pressureOf(vertex))} % of the time, and nothing in the job reads from it: the system it writes to is the limit`,
    evidence: {
      vertexId: vertex.vertexId,
      vertex: vertex.name,
      backPressuredPercent: percent(pressureOf(vertex)),
      busyPercent: percent(busyOf(vertex)),
    },
    advice: [
      {
        text: 'look at that system first: latency, throttling, quota; then at the sink: requests in flight, batch size, number of connections',
      },
      { text: 'more subtasks of the job do not help a system that is at its limit' },
    ],
    confidence: 'high',
  }));
}

export function unexplainedPressure(
  load: JobLoad,
  { unexplained }: PressureReasons,
): readonly Finding[] {
  return unexplained.map((vertex) => {
    const readers = readersOf(load, vertex);
    return {
      rule: 'unexplained-back-pressure',
      severity: 'warning',
      title: `${vertex.name} is back-pressured ${percent(pressureOf(vertex))} % of the time, but none of those that read from it is busy`,
      evidence: {
        vertexId: vertex.vertexId,
        vertex: vertex.name,
        backPressuredPercent: percent(pressureOf(vertex)),
        readers: readers.map(({ name }) => name).join(', '),
        readersBusyPercent: percent(Math.max(...readers.map((reader) => busyOf(reader) ?? 0))),
      },
      advice: [
        {
          text: 'ask again: short peaks of the readers (a checkpoint, a timer, a window that fires) pass between two samples',
        },
        {
          text: 'look at the network between them: bandwidth, and buffers.outPoolUsage of the one and buffers.inPoolUsage of the others with drey job metrics --vertex',
        },
        {
          text: 'look at garbage collection on the TaskManagers of the readers: a subtask that stands still is not counted as busy',
        },
      ],
      confidence: 'low',
    };
  });
}
