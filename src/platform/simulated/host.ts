/** Processes of one simulated machine: each has an id of its own, and is alive until it crashes. */
import type { Host } from '../host.ts';

const FIRST_PROCESS_ID = 1000;

export class SimulatedHost implements Host {
  readonly name = 'simulated';
  readonly processId: number;
  readonly processToken: string;
  private readonly alive: ReadonlySet<number>;

  /** `alive`: the ids of all that run; whoever makes a process keeps it. */
  constructor(processIndex: number, alive: ReadonlySet<number>) {
    this.processId = FIRST_PROCESS_ID + processIndex;
    this.processToken = `process ${processIndex}`;
    this.alive = alive;
  }

  isAlive(processId: number): boolean {
    return this.alive.has(processId);
  }
}
