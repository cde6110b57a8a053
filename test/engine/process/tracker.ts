/** The process function that keyed-process.test.ts runs; naive-tracker.ts says what it must do. */
import type {
  ListState,
  MapState,
  OpenContext,
  ProcessContext,
  TimerContext,
  ValueState,
} from '../../../src/engine/process/process-function.ts';

interface In {
  readonly user: string | null;
  readonly amount: number;
}

/** Everything at once: three kinds of state, timers that move, ticks of processing time. */
export class Tracker {
  private total!: ValueState<{ readonly count: number; readonly endMs: number }>;
  private amounts!: ListState<number>;
  private counts!: MapState<number, number>;

  open(context: OpenContext): void {
    this.total = context.valueState('total');
    this.amounts = context.listState('amounts');
    this.counts = context.mapState('counts');
  }

  processElement(row: In, context: ProcessContext, out: { collect(row: object): void }): void {
    const { amount } = row;
    const before = this.total.value();
    if (before !== null) context.deleteEventTimeTimer(before.endMs);
    const endMs = context.timestampMs! + 10;
    this.total.update({ count: (before?.count ?? 0) + 1, endMs });
    this.amounts.add(amount);
    this.counts.put(amount, (this.counts.get(amount) ?? 0) + 1);
    context.registerEventTimeTimer(endMs);
    context.registerEventTimeTimer(endMs);
    if (amount % 3 === 0) {
      context.registerProcessingTimeTimer(context.currentProcessingTime() + amount);
    }
    if (amount % 2 === 1) context.sideOutput('odd', { amount });
    // One row makes several, so that outputs fill up within a call.
    for (let index = 0; index < amount % 4; index++) {
      out.collect({ what: 'row', user: row.user, number: index });
    }
  }

  onTimer(timeMs: number, context: TimerContext, out: { collect(row: object): void }): void {
    const { user } = context.key;
    if (context.timeDomain === 'processingTime') {
      const count = this.total.value()?.count ?? 0;
      out.collect({ what: 'tick', user, number: count, at: timeMs });
      return;
    }
    const sum = this.amounts.get().reduce((a, b) => a + b, 0);
    out.collect({ what: 'sum', user, number: sum });
    for (const [amount, count] of this.counts.entries()) {
      out.collect({ what: `count ${amount}`, user, number: count });
    }
    this.total.clear();
    this.amounts.clear();
    this.counts.clear();
    if (sum === 7) context.registerEventTimeTimer(timeMs);
    if (sum === 9) context.registerEventTimeTimer(timeMs + 3);
  }
}
