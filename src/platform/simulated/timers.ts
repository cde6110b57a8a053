/** Timers in virtual time. */
import type { Timer, Timers } from '../timers.ts';
import type { Scheduler } from './scheduler.ts';

export class SimulatedTimers implements Timers {
  private readonly scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  after(delayMs: number, task: () => void, options: { keepAlive?: boolean } = {}): Timer {
    const keepAlive = options.keepAlive ?? true;
    return this.scheduler.schedule(delayMs, { label: 'timer', owner: 'timers', keepAlive }, task);
  }

  yield(): Promise<void> {
    return new Promise((resolve) => {
      this.scheduler.schedule(0, { label: 'yield', owner: 'timers' }, resolve);
    });
  }
}
