/**
 * How busy the vertices of a job are, as the rules see it, and the words for it. What counts is the
 * busiest and the most back-pressured subtask: one that stands still holds up all before it.
 */

/** Shares of time between 0 and 1; null where Flink does not measure it. */
export interface SubtaskLoad {
  readonly index: number;
  readonly busy: number | null;
  readonly backPressured: number | null;
  readonly idle: number | null;
  /** Since its start. */
  readonly readRecords: number | null;
  readonly taskManagerId: string | null;
}

export interface VertexInput {
  readonly vertexId: string;
  /** HASH, REBALANCE, FORWARD ... */
  readonly shipStrategy: string | null;
}

export interface VertexLoad {
  readonly vertexId: string;
  readonly name: string;
  /** Operators chained in it. */
  readonly operators: readonly string[];
  readonly parallelism: number;
  readonly maxParallelism: number | null;
  readonly inputs: readonly VertexInput[];
  /** Empty while the cluster has no sample. */
  readonly subtasks: readonly SubtaskLoad[];
  /** Over all subtasks. */
  readonly recordsInPerSec: number | null;
  readonly recordsOutPerSec: number | null;
  /** How long barriers of the last checkpoint took to get here; the slowest subtask. */
  readonly startDelayMs: number | null;
  /** Epoch milliseconds by subtask; null for one that has none. Empty for a source. */
  readonly watermarksAtMs: readonly (number | null)[];
}

export interface JobLoad {
  /** Sources first. */
  readonly vertices: readonly VertexLoad[];
  /** Since all its subtasks started; null when it is not known. */
  readonly runningMs: number | null;
  /** How often it was restarted; null when it is not known. */
  readonly restarts: number | null;
  readonly slotsFree: number | null;
}

/**
 * So long after its start the figures of a vertex are wrong: gauges of time begin at their full
 * second, shares are means over 5 s, and the JobManager collects them every 10 s.
 */
export const WARM_UP_MS = 30_000;

/** The Web UI's limits: back-pressure is ok up to 10 %, low up to 50 %, high above. */
export const PRESSURE_LOW = 0.1;
export const PRESSURE_HIGH = 0.5;
/** A subtask that works so much of its time has no reserve for a peak. */
export const BUSY_HIGH = 0.8;
/** Less is not worth a suspicion. */
export const BUSY_NOTABLE = 0.5;

/** Of the busiest subtask. */
export function busyOf({ subtasks }: VertexLoad): number | null {
  return greatest(subtasks.map(({ busy }) => busy));
}

/** Of the most back-pressured subtask. */
export function pressureOf({ subtasks }: VertexLoad): number | null {
  return greatest(subtasks.map(({ backPressured }) => backPressured));
}

/** Over the subtasks that know. */
export function meanBusyOf({ subtasks }: VertexLoad): number | null {
  const known = subtasks.map(({ busy }) => busy).filter((busy) => busy !== null);
  return known.length === 0 ? null : known.reduce((sum, busy) => sum + busy, 0) / known.length;
}

export function isSampled(vertex: VertexLoad): boolean {
  return busyOf(vertex) !== null || pressureOf(vertex) !== null;
}

export function isBackPressured(vertex: VertexLoad): boolean {
  return (pressureOf(vertex) ?? 0) > PRESSURE_LOW;
}

export function isBusy(vertex: VertexLoad): boolean {
  return (busyOf(vertex) ?? 0) >= BUSY_HIGH;
}

export function isSource({ inputs }: VertexLoad): boolean {
  return inputs.length === 0;
}

/** The vertices that read from this one. */
export function readersOf({ vertices }: JobLoad, { vertexId }: VertexLoad): readonly VertexLoad[] {
  return vertices.filter(({ inputs }) => inputs.some((input) => input.vertexId === vertexId));
}

export function writersOf({ vertices }: JobLoad, { inputs }: VertexLoad): readonly VertexLoad[] {
  return vertices.filter(({ vertexId }) => inputs.some((input) => input.vertexId === vertexId));
}

/** 98 of 0.98. */
export function percent(share: number | null): number | null {
  return share === null ? null : Math.round(share * 100);
}

function greatest(shares: readonly (number | null)[]): number | null {
  const known = shares.filter((share) => share !== null);
  return known.length === 0 ? null : Math.max(...known);
}
