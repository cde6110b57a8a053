/**
 * Snapshots that are written while events go on: decides when one is taken, how much of it is
 * written between the events, and when it is restored. Others are taken and given up meanwhile.
 * Invariant: the same events lead to the same decisions.
 */
import type { Operator } from '../../src/engine/operator/contract.ts';
import type { SubtaskState } from '../../src/engine/state/state-part.ts';
import { StateTaken } from './operator-state.ts';

/** What was at the barrier, and what has happened since. */
export interface Barrier<Event> {
  readonly states: readonly SubtaskState[];
  readonly place: BarrierPlace;
  readonly events: readonly Event[];
}

/** The clock, and how many rows were emitted. */
export interface BarrierPlace {
  readonly nowMs: number;
  readonly rowCount: number;
}

/** Events after a barrier before it is restored, at most. */
const EVENTS_MAX = 4;
/** Calls of writeNext between two events, at most. */
const PIECES_MAX = 5;

interface UnderWay<Event> {
  readonly taken: readonly StateTaken[];
  readonly place: BarrierPlace;
  readonly events: Event[];
  readonly eventCount: number;
}

export class LaterRun<Event> {
  private underWay: UnderWay<Event> | null = null;
  /** Of a second snapshot, which is given up. */
  private other: readonly StateTaken[] = [];
  private drawn = 1;

  /** Told of each event after it was handled; a barrier: to be restored now. */
  after(event: Event, operators: readonly Operator[], place: BarrierPlace): Barrier<Event> | null {
    if (this.underWay === null) {
      this.underWay = {
        taken: operators.map((operator) => new StateTaken(operator)),
        place,
        events: [],
        eventCount: 1 + this.draw(EVENTS_MAX),
      };
      if (this.draw(2) === 0) this.writeSome(this.underWay.taken);
      return null;
    }
    const { taken, events, eventCount } = this.underWay;
    events.push(event);
    if (events.length >= eventCount) {
      const at = this.underWay.place;
      for (const each of this.other) each.giveUp();
      this.other = [];
      this.underWay = null;
      const states = taken.map((each, subtask) => ({ subtask, parts: each.finish() }));
      return { states, place: at, events };
    }
    if (this.other.length === 0 && this.draw(2) === 0) {
      this.other = operators.map((operator) => new StateTaken(operator));
    }
    this.writeSome(taken);
    this.writeSome(this.other);
    return null;
  }

  private writeSome(all: readonly StateTaken[]): void {
    for (const taken of all)
      for (let left = this.draw(PIECES_MAX); left > 0; left--) taken.writeNext();
  }

  /** 0 to limit - 1; Numerical Recipes' generator. */
  private draw(limit: number): number {
    this.drawn = (Math.imul(this.drawn, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.drawn / 2 ** 32) * limit);
  }
}
