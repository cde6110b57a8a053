/** Vertices that hold up nobody, but have no reserve; and a source that works all the time. */
import { parallelismAdvice } from '../capacity.ts';
import type { PressureReasons } from '../culprits.ts';
import type { Finding } from '../../finding.ts';
import {
  busyOf,
  isBackPressured,
  isBusy,
  isSource,
  percent,
  type JobLoad,
  type VertexLoad,
} from '../job-load.ts';
import { skewOf } from '../skew.ts';
import { chainAdvice } from './slow-vertex.ts';

export function nearLimit(load: JobLoad, { culprits }: PressureReasons): readonly Finding[] {
  const blamed = new Set(culprits.map(({ vertex }) => vertex));
  return load.vertices
    .filter((vertex) => isBusy(vertex) && !isBackPressured(vertex) && !blamed.has(vertex))
    .filter((vertex) => skewOf(vertex) === null)
    .map((vertex) => (isSource(vertex) ? busySource(vertex) : busyVertex(load, vertex)));
}

/** Nothing behind it holds it up, so the job goes as fast as it does. */
function busySource(vertex: VertexLoad): Finding {
  return {
    rule: 'busy-source',
    severity: 'warning',
    title: `${vertex.name} sets the pace: it works ${percent(busyOf(vertex))} % of the time, and nothing behind it holds it up`,
    evidence: evidenceOf(vertex),
    advice: [
      {
        text: `if records wait before it (drey job metrics --vertex ${vertex.vertexId.slice(0, 8)} '*pendingRecords*' '*Lag*'), give it more subtasks, up to the number of splits or partitions; if none wait, all is well`,
      },
      ...chainAdvice(vertex),
    ],
    confidence: 'medium',
  };
}

function busyVertex(load: JobLoad, vertex: VertexLoad): Finding {
  return {
    rule: 'near-limit',
    severity: 'warning',
    title: `${vertex.name} keeps up, but is busy ${percent(busyOf(vertex))} % of the time: a peak will hold up what is before it`,
    evidence: evidenceOf(vertex),
    advice: [...parallelismAdvice(load, vertex), ...chainAdvice(vertex)],
    confidence: 'high',
  };
}

function evidenceOf(vertex: VertexLoad): Finding['evidence'] {
  return {
    vertexId: vertex.vertexId,
    vertex: vertex.name,
    busyPercent: percent(busyOf(vertex)),
    recordsInPerSec: vertex.recordsInPerSec,
    recordsOutPerSec: vertex.recordsOutPerSec,
    parallelism: vertex.parallelism,
  };
}
