/**
 * Records per second out of counters that a cluster refreshes only now and then: the rate is taken
 * between moments at which the counter changed, over the last of them.
 */

interface Point {
  readonly atMs: number;
  readonly count: number;
}

/** Counters change every 10 s (metrics.fetcher.update-interval): three changes even out the steps. */
const WINDOW_MS = 30_000;
/** A counter that has not changed for so long stands still: one refresh and the REST cache. */
const STILL_MS = 15_000;

export class CounterRates {
  private readonly points = new Map<string, readonly Point[]>();
  /** Counts of which nobody knows how old they are: the first of each counter. */
  private readonly first = new Map<string, number>();

  /** The rate per second; null until the counter has changed twice. `atMs` never goes back. */
  add(counter: string, count: number | null, atMs: number): number | null {
    if (count === null) return null;
    const known = this.points.get(counter) ?? [];
    const last = known.at(-1);
    // A counter that falls begins anew: its vertex was restarted.
    if (last === undefined || count < last.count) return this.begin(counter, count, atMs);
    if (count === last.count) {
      if (atMs - last.atMs > STILL_MS) return 0;
      return rateOf(known);
    }
    // The newest point outside of the window stays: else there could be nothing to compare with.
    const recent = known.filter(
      (point, index) => point.atMs >= atMs - WINDOW_MS || index === known.length - 1,
    );
    const points = [...recent, { atMs, count }];
    this.points.set(counter, points);
    return rateOf(points);
  }

  private begin(counter: string, count: number, atMs: number): null {
    const first = this.first.get(counter);
    this.points.delete(counter);
    if (first === undefined || count === first) this.first.set(counter, count);
    else this.points.set(counter, [{ atMs, count }]);
    return null;
  }
}

function rateOf(points: readonly Point[]): number | null {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return null;
  return ((last.count - first.count) * 1000) / (last.atMs - first.atMs);
}
