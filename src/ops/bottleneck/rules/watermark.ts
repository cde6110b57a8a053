/** Event time that stands still: nothing is slow, and yet no window fires. */
import type { Finding } from '../../finding.ts';
import { writersOf, type JobLoad, type VertexLoad } from '../job-load.ts';

/** Where some subtasks, or the vertices before, have a watermark and others have none. */
export function missingWatermark(load: JobLoad): readonly Finding[] {
  return load.vertices.flatMap((vertex): readonly Finding[] => {
    const { watermarksAtMs, name, vertexId } = vertex;
    const missing = watermarksAtMs.filter((atMs) => atMs === null).length;
    if (missing === 0) return [];
    const isPartly = missing < watermarksAtMs.length;
    if (!isPartly && !writersOf(load, vertex).some(hasWatermark)) return [];
    return [
      {
        rule: 'missing-watermark',
        severity: 'warning',
        title: `${missing} of ${watermarksAtMs.length} subtasks of ${name} have no watermark: their event time stands still, and windows do not fire`,
        evidence: { vertexId, vertex: name, subtasks: watermarksAtMs.length, without: missing },
        advice: [
          {
            key: 'table.exec.source.idle-timeout',
            value: '30 s',
            text: 'a partition without records holds up the watermark of all: let it count as idle, in the DataStream API with WatermarkStrategy.withIdleness',
          },
        ],
        confidence: 'medium',
      },
    ];
  });
}

function hasWatermark({ watermarksAtMs }: VertexLoad): boolean {
  return watermarksAtMs.some((atMs) => atMs !== null);
}
