/**
 * A wish for another parallelism -> the bounds of all vertices, which Flink wants at once. The
 * upper bound is what the job gets when there are slots for it; below the lower bound it does not
 * run at all, so a wish for more never raises the lower bound by itself.
 */
import type { VertexId } from '../../flink/model/identifiers.ts';
import type { ResourceRequirement } from '../../flink/model/job-config.ts';

export type RescaleWish =
  /** The upper bound of all vertices. */
  | { readonly kind: 'all'; readonly parallelism: number }
  | { readonly kind: 'vertices'; readonly bounds: ReadonlyMap<VertexId, Bounds> };

export interface Bounds {
  /** Null: as it is, but not above the upper bound. */
  readonly lower: number | null;
  readonly upper: number;
}

export interface RescaleStep {
  readonly before: ResourceRequirement;
  readonly after: ResourceRequirement;
}

export function planRescale(
  requirements: readonly ResourceRequirement[],
  wish: RescaleWish,
): readonly RescaleStep[] {
  return requirements.map((before) => {
    const bounds = boundsOf(before.vertexId, wish);
    if (bounds === null) return { before, after: before };
    const lowerBound = Math.min(bounds.lower ?? before.lowerBound, bounds.upper);
    return { before, after: { ...before, lowerBound, upperBound: bounds.upper } };
  });
}

export function isChange({ before, after }: RescaleStep): boolean {
  return before.lowerBound !== after.lowerBound || before.upperBound !== after.upperBound;
}

/** True when each vertex has the bounds that are wanted of it, in whatever order. */
export function areInForce(
  requirements: readonly ResourceRequirement[],
  wanted: readonly ResourceRequirement[],
): boolean {
  const known = new Map(requirements.map((bounds) => [bounds.vertexId, bounds]));
  return wanted.every(({ vertexId, lowerBound, upperBound }) => {
    const bounds = known.get(vertexId);
    return bounds?.lowerBound === lowerBound && bounds.upperBound === upperBound;
  });
}

function boundsOf(vertexId: VertexId, wish: RescaleWish): Bounds | null {
  if (wish.kind === 'all') return { lower: null, upper: wish.parallelism };
  return wish.bounds.get(vertexId) ?? null;
}
