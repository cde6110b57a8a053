/**
 * Threads that are no threads: an entry is a function of the same process, its messages travel
 * through the scheduler and are cloned on the way, so that nothing is shared by accident.
 */
import { BugError } from '../../errors/drey-error.ts';
import type { Thread, ThreadExit, ThreadOptions, Threads } from '../threads.ts';
import type { Scheduler } from './scheduler.ts';

/** The inside of a simulated thread. */
export interface ThreadPort {
  readonly input: unknown;
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The thread ends; with an error when one is given. */
  end(failure?: { readonly error: unknown }): void;
}

/** By the entry's address, what runs there. */
export type ThreadEntries = ReadonlyMap<string, (port: ThreadPort) => void>;

export class SimulatedThreads implements Threads {
  private readonly scheduler: Scheduler;
  private readonly entries: ThreadEntries;

  constructor(scheduler: Scheduler, entries: ThreadEntries) {
    this.scheduler = scheduler;
    this.entries = entries;
  }

  start<ToThread, FromThread>(options: ThreadOptions): Thread<ToThread, FromThread> {
    const entry = this.entries.get(options.entry.href);
    if (entry === undefined) {
      throw new BugError('DREY_BUG', `no simulated thread entry for ${options.entry.href}`);
    }
    return new SimulatedThread<ToThread, FromThread>(this.scheduler, options, entry);
  }
}

class SimulatedThread<ToThread, FromThread> implements Thread<ToThread, FromThread> {
  readonly name: string;
  readonly exited: Promise<ThreadExit>;
  private readonly scheduler: Scheduler;
  private readonly toThread = new Mailbox();
  private readonly fromThread = new Mailbox();
  private isGone = false;
  private settleExit: (exit: ThreadExit) => void = () => undefined;

  constructor(scheduler: Scheduler, options: ThreadOptions, entry: (port: ThreadPort) => void) {
    this.name = options.name;
    this.scheduler = scheduler;
    this.exited = new Promise((resolve) => {
      this.settleExit = resolve;
    });
    const port: ThreadPort = {
      input: structuredClone(options.input),
      post: (message) => this.send(message, this.fromThread),
      onMessage: (listener) => this.toThread.listen(listener),
      end: (failure) => {
        this.exit(failure === undefined ? { kind: 'ended', exitCode: 0 } : failed(failure.error));
      },
    };
    this.later('start', () => entry(port));
  }

  post(message: ToThread): void {
    this.send(message, this.toThread);
  }

  onMessage(listener: (message: FromThread) => void): void {
    // The entry's message type is the caller's promise: both ends are drey's own code.
    this.fromThread.listen((message) => listener(message as FromThread));
  }

  async stop(): Promise<void> {
    this.exit({ kind: 'stopped' });
    await this.exited;
  }

  private send(message: unknown, to: Mailbox): void {
    to.put(structuredClone(message));
    this.later('message', () => to.deliverNext());
  }

  private later(what: string, action: () => void): void {
    this.scheduler.schedule(0, { label: `${this.name}: ${what}`, owner: this.name }, () => {
      if (this.isGone) return;
      try {
        action();
      } catch (error) {
        this.exit(failed(error));
      }
    });
  }

  private exit(exit: ThreadExit): void {
    if (this.isGone) return;
    this.isGone = true;
    this.settleExit(exit);
  }
}

/**
 * One direction of a thread's messages. Each event delivers the oldest message under way: events
 * of one moment may swap, messages may not.
 */
class Mailbox {
  private readonly underWay: unknown[] = [];
  /** Delivered before anybody listened. */
  private readonly kept: unknown[] = [];
  private listener: ((message: unknown) => void) | null = null;

  put(message: unknown): void {
    this.underWay.push(message);
  }

  deliverNext(): void {
    const message = this.underWay.shift();
    if (this.listener === null) this.kept.push(message);
    else this.listener(message);
  }

  listen(listener: (message: unknown) => void): void {
    this.listener = listener;
    for (const message of this.kept.splice(0)) listener(message);
  }
}

function failed(error: unknown): ThreadExit {
  return { kind: 'failed', error };
}
