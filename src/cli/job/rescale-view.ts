/** The bounds of a job's parallelism for people: what it runs with, what it was, what it may be. */
import { shortened } from '../../output/graph/graph-view.ts';
import { countCell, textCell, type Section, type View } from '../../output/view.ts';
import type { RescaledVertex, RescaleResult } from './rescale-job.ts';

const NAME_LENGTH_MAX = 40;

export function rescaleView(result: RescaleResult): View {
  return { sections: [boundsTable(result)], names: [result.jobId] };
}

function boundsTable({ vertices, changed, dryRun, name }: RescaleResult): Section {
  return {
    kind: 'table',
    title: titleOf(name, changed, dryRun),
    empty: 'the job has no vertices',
    columns: [
      { key: 'vertexId', heading: 'VERTEX ID', isWide: true },
      { key: 'name', heading: 'VERTEX' },
      { key: 'parallelism', heading: 'RUNS WITH' },
      ...(changed ? [{ key: 'previousBounds', heading: 'WAS' }] : []),
      { key: 'bounds', heading: 'BOUNDS' },
      { key: 'maxParallelism', heading: 'MAX PARALLELISM', isWide: true },
    ],
    rows: vertices.map((vertex) => [
      textCell(vertex.vertexId),
      textCell(shortened(vertex.name, NAME_LENGTH_MAX)),
      countCell(vertex.parallelism),
      ...(changed
        ? [textCell(`${vertex.previousLowerBound} to ${vertex.previousUpperBound}`)]
        : []),
      textCell(
        `${vertex.lowerBound} to ${vertex.upperBound}`,
        isOther(vertex) ? 'doubtful' : undefined,
      ),
      countCell(vertex.maxParallelism),
    ]),
  };
}

function titleOf(name: string, isChanged: boolean, isDryRun: boolean): string {
  if (!isChanged) return `bounds of the parallelism of job ${name}`;
  return isDryRun
    ? `dry run: these would be the bounds of job ${name}`
    : `new bounds of the parallelism of job ${name}`;
}

function isOther(vertex: RescaledVertex): boolean {
  return (
    vertex.lowerBound !== vertex.previousLowerBound ||
    vertex.upperBound !== vertex.previousUpperBound
  );
}
