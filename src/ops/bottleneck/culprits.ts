/**
 * Who holds up the back-pressured vertices. Back-pressure goes upstream from the vertex that cannot
 * keep up, which itself is busy and not back-pressured: so the reason of a back-pressured vertex is
 * among its readers, and if they are back-pressured too, further down.
 */
import {
  BUSY_NOTABLE,
  busyOf,
  isBackPressured,
  isBusy,
  isSampled,
  readersOf,
  writersOf,
  type JobLoad,
  type VertexLoad,
} from './job-load.ts';

export interface Culprit {
  readonly vertex: VertexLoad;
  /** Back-pressured vertices that wait for it, directly or behind others; nearest first. */
  readonly heldUp: readonly VertexLoad[];
  /** False: it is not busy enough for that, only busier than all other readers. */
  readonly isCertain: boolean;
}

export interface PressureReasons {
  /** The busiest first. */
  readonly culprits: readonly Culprit[];
  /** Back-pressured, and no reader is to blame. */
  readonly unexplained: readonly VertexLoad[];
  /** Back-pressured, although nothing in the job reads from them. */
  readonly sinks: readonly VertexLoad[];
}

export function pressureReasons(load: JobLoad): PressureReasons {
  const certain = new Map<VertexLoad, boolean>();
  const unexplained: VertexLoad[] = [];
  const sinks: VertexLoad[] = [];
  for (const vertex of load.vertices.filter(isBackPressured)) {
    const readers = readersOf(load, vertex);
    const busy = readers.filter((reader) => !isBackPressured(reader) && isBusy(reader));
    for (const reader of busy) certain.set(reader, true);
    if (readers.length === 0) sinks.push(vertex);
    else if (busy.length === 0 && !readers.some(isBackPressured)) {
      const suspect = busiestOf(readers);
      if (suspect !== null) certain.set(suspect, certain.get(suspect) ?? false);
      else if (readers.every(isSampled)) unexplained.push(vertex);
    }
  }
  const culprits = [...certain]
    .map(([vertex, isCertain]) => ({ vertex, isCertain, heldUp: heldUpBy(load, vertex) }))
    .toSorted((left, right) => (busyOf(right.vertex) ?? 0) - (busyOf(left.vertex) ?? 0));
  return { culprits, unexplained, sinks };
}

function busiestOf(readers: readonly VertexLoad[]): VertexLoad | null {
  const [busiest] = readers.toSorted((left, right) => (busyOf(right) ?? 0) - (busyOf(left) ?? 0));
  return busiest !== undefined && (busyOf(busiest) ?? 0) >= BUSY_NOTABLE ? busiest : null;
}

/** Upstream through vertices that are back-pressured themselves. */
function heldUpBy(load: JobLoad, culprit: VertexLoad): readonly VertexLoad[] {
  const found = new Set<VertexLoad>();
  let layer = [culprit];
  while (layer.length > 0) {
    const next = layer
      .flatMap((vertex) => writersOf(load, vertex))
      .filter((vertex) => isBackPressured(vertex) && !found.has(vertex));
    for (const vertex of next) found.add(vertex);
    layer = [...new Set(next)];
  }
  return [...found];
}
