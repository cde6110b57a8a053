/** Loads of jobs in short form, for the tests of the rules. */
import type { JobLoad, SubtaskLoad, VertexLoad } from '../../../src/ops/bottleneck/job-load.ts';

/** Busy and back-pressured share of one subtask, and the records that it read. */
export type SubtaskShape = readonly [
  busy: number | null,
  backPressured: number | null,
  readRecords?: number,
];

export interface VertexShape extends Partial<Omit<VertexLoad, 'subtasks' | 'inputs' | 'name'>> {
  /** `a` or, with what it reads from, `c < a b`. */
  readonly name: string;
  readonly subtasks: readonly SubtaskShape[];
  readonly ship?: string;
}

/** A job that has run for an hour, on a cluster with free slots. */
export function jobOf(...shapes: readonly VertexShape[]): JobLoad {
  return { vertices: shapes.map(vertexOf), runningMs: 3_600_000, restarts: 0, slotsFree: 100 };
}

/** All subtasks alike; `busy` null and `pressure` null: no sample. */
export function vertex(
  name: string,
  busy: number | null,
  pressure: number | null,
  more: Partial<VertexShape> = {},
): VertexShape {
  const parallelism = more.parallelism ?? 2;
  const subtasks = Array.from({ length: parallelism }, (): SubtaskShape => [busy, pressure]);
  return { name, subtasks: busy === null && pressure === null ? [] : subtasks, ...more };
}

export function vertexOf({ name: text, subtasks, ship, ...more }: VertexShape): VertexLoad {
  const [name = '', inputs = ''] = text.split(' < ');
  return {
    vertexId: `${name}-id`,
    name,
    operators: [name],
    parallelism: subtasks.length === 0 ? 2 : subtasks.length,
    maxParallelism: 128,
    inputs: inputs
      .split(' ')
      .filter((input) => input !== '')
      .map((input) => ({ vertexId: `${input}-id`, shipStrategy: ship ?? 'HASH' })),
    subtasks: subtasks.map(subtaskOf),
    recordsInPerSec: 100,
    recordsOutPerSec: 100,
    startDelayMs: 5,
    watermarksAtMs: [],
    ...more,
  };
}

function subtaskOf([busy, backPressured, readRecords]: SubtaskShape, index: number): SubtaskLoad {
  return {
    index,
    busy,
    backPressured,
    idle: busy === null || backPressured === null ? null : 1 - busy - backPressured,
    readRecords: readRecords ?? 1000,
    taskManagerId: `tm-${index}`,
  };
}
