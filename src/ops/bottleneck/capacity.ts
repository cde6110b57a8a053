/** How many subtasks a vertex needs, and whether it can have them. */
import type { Advice } from '../finding.ts';
import { meanBusyOf, pressureOf, writersOf, type JobLoad, type VertexLoad } from './job-load.ts';

/** A subtask that is busy for this share of its time has a reserve for peaks. */
export const BUSY_TARGET = 0.8;
/** Above that the wish of those who are held up cannot be guessed. */
const PRESSURE_GUESS_MAX = 0.9;

export interface Capacity {
  /** So that its present records need no more than the target; more than there are now. */
  readonly atLeast: number;
  /** So that nobody before it waits any more; null when that cannot be guessed. */
  readonly forDemand: number | null;
}

/** Null while its busy time is not known. */
export function capacityOf(load: JobLoad, vertex: VertexLoad): Capacity | null {
  const busy = meanBusyOf(vertex);
  if (busy === null) return null;
  const needed = (vertex.parallelism * busy) / BUSY_TARGET;
  const atLeast = Math.max(vertex.parallelism + 1, wholeSubtasks(needed));
  const pressure = Math.max(0, ...writersOf(load, vertex).map((writer) => pressureOf(writer) ?? 0));
  // Who waits for a share p of the time could send 1 / (1 - p) times as much, at most.
  const forDemand =
    pressure > PRESSURE_GUESS_MAX
      ? null
      : Math.max(atLeast, wholeSubtasks(needed / (1 - pressure)));
  return { atLeast, forDemand };
}

/** To give the vertex more subtasks; says so where it cannot have them. */
export function parallelismAdvice(load: JobLoad, vertex: VertexLoad): readonly Advice[] {
  const capacity = capacityOf(load, vertex);
  if (capacity === null) return [];
  const { parallelism, maxParallelism, vertexId, name } = vertex;
  if (maxParallelism !== null && parallelism >= maxParallelism) {
    return [
      {
        text: `${name} has ${parallelism} subtasks, its max parallelism: more need a new job without its state, or a savepoint that is rewritten`,
      },
    ];
  }
  const wanted = Math.min(capacity.atLeast, maxParallelism ?? Number.POSITIVE_INFINITY);
  const busy = Math.round((meanBusyOf(vertex) ?? 0) * 100);
  const demand = demandText(capacity, wanted);
  const advice: Advice = {
    key: 'pipeline.jobvertex-parallelism-overrides',
    value: `${vertexId}:${wanted}`,
    text: `raise the parallelism of ${name} from ${parallelism} to at least ${wanted} (busy ${busy} % of the time, target ${BUSY_TARGET * 100} %)${demand}`,
  };
  const missing = missingSlots(load, wanted);
  if (missing === 0) return [advice];
  return [
    advice,
    { text: `the cluster lacks ${missing} free ${missing === 1 ? 'slot' : 'slots'} for that` },
  ];
}

function demandText({ forDemand }: Capacity, wanted: number): string {
  if (forDemand === null)
    return '; more may be needed, because how much those that wait all the time could send is not known';
  return forDemand > wanted ? `; about ${forDemand} let all that wait run freely` : '';
}

/** With slot sharing a job needs as many slots as its widest vertex has subtasks. */
function missingSlots({ vertices, slotsFree }: JobLoad, wanted: number): number {
  if (slotsFree === null) return 0;
  const widest = Math.max(...vertices.map(({ parallelism }) => parallelism));
  return Math.max(0, wanted - widest - slotsFree);
}

/** Of 2.0000000001 subtasks, which is a rounding error, two. */
function wholeSubtasks(needed: number): number {
  return Math.ceil(needed - 1e-6);
}
