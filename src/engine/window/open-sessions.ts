/**
 * Which sessions of a key are open, and which one a row belongs to. As Flink: a row is a session
 * from its time to the gap behind it; sessions that overlap or touch become one.
 */

export interface Session {
  readonly key: number;
  /** On the clocks of the operator's zone. */
  startMs: number;
  endMs: number;
  /** The session fires when the watermark reaches this epoch millisecond. */
  triggerMs: number;
  /** Of its groups (session-groups.ts); several once sessions have grown together. */
  slots: number[];
  /** It is part of another one, or has fired. */
  isOver: boolean;
  /** When it was to fire when it was put into the order of firing; it may fire later since. */
  queuedMs: number;
}

export interface SessionTimes {
  readonly gapMs: number;
  /** The watermark from which on a session with this end has fired. */
  readonly triggerOf: (endMs: number) => number;
}

export class OpenSessions {
  private readonly times: SessionTimes;
  private readonly addSlot: () => number;
  /** By key id; the one that was found last comes first. */
  private readonly sessionsOf: (Session[] | undefined)[] = [];
  /** A binary heap by `queuedMs`. */
  private readonly queue: Session[] = [];

  /** `addSlot`: gives the slot of a new session. */
  constructor(times: SessionTimes, addSlot: () => number) {
    this.times = times;
    this.addSlot = addSlot;
  }

  /** No session fires before this watermark; Infinity: none is open. */
  get nextTriggerMs(): number {
    return this.queue[0]?.queuedMs ?? Infinity;
  }

  /** The session of a row, grown or opened by it; null: the row is late. */
  sessionOf(key: number, localMs: number, watermarkMs: number): Session | null {
    const endMs = localMs + this.times.gapMs;
    const sessions = (this.sessionsOf[key] ??= []);
    let found: Session | null = null;
    for (let index = 0; index < sessions.length; index++) {
      const session = sessions[index]!;
      // Has fired as far as this row goes, although its rows may not be out.
      if (session.triggerMs <= watermarkMs) continue;
      if (session.startMs > endMs || session.endMs < localMs) continue;
      if (found === null) {
        found = session;
        continue;
      }
      absorb(found, session);
      sessions.splice(index--, 1);
    }
    if (found === null) {
      const triggerMs = this.times.triggerOf(endMs);
      if (triggerMs <= watermarkMs) return null;
      return this.open({ key, startMs: localMs, endMs, triggerMs });
    }
    if (localMs < found.startMs) found.startMs = localMs;
    if (endMs > found.endMs) {
      found.endMs = endMs;
      found.triggerMs = this.times.triggerOf(endMs);
    }
    return found;
  }

  /** Takes the sessions that fire at this watermark, in the order in which they end. */
  takeDue(watermarkMs: number): Session[] {
    const due: Session[] = [];
    while (this.queue.length > 0 && this.queue[0]!.queuedMs <= watermarkMs) {
      const session = this.queue[0]!;
      if (session.isOver) {
        this.removeFirst();
      } else if (session.triggerMs > session.queuedMs) {
        session.queuedMs = session.triggerMs;
        this.sink(0);
      } else {
        this.removeFirst();
        this.close(session);
        due.push(session);
      }
    }
    return due;
  }

  /** All that are open, in no particular order. */
  all(): Session[] {
    return this.queue.filter(({ isOver }) => !isOver);
  }

  /** As from a snapshot. */
  restore(session: Pick<Session, 'key' | 'startMs' | 'endMs'>, slot: number): void {
    const triggerMs = this.times.triggerOf(session.endMs);
    this.add({ ...session, triggerMs, slots: [slot], isOver: false, queuedMs: triggerMs });
  }

  private open(bounds: Pick<Session, 'key' | 'startMs' | 'endMs' | 'triggerMs'>): Session {
    const session: Session = {
      ...bounds,
      slots: [this.addSlot()],
      isOver: false,
      queuedMs: bounds.triggerMs,
    };
    this.add(session);
    return session;
  }

  private add(session: Session): void {
    (this.sessionsOf[session.key] ??= []).push(session);
    this.queue.push(session);
    this.rise(this.queue.length - 1);
  }

  private close(session: Session): void {
    session.isOver = true;
    const sessions = this.sessionsOf[session.key]!;
    sessions.splice(sessions.indexOf(session), 1);
    if (sessions.length === 0) this.sessionsOf[session.key] = undefined;
  }

  private removeFirst(): void {
    const last = this.queue.pop()!;
    if (this.queue.length === 0) return;
    this.queue[0] = last;
    this.sink(0);
  }

  private rise(from: number): void {
    const { queue } = this;
    const session = queue[from]!;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (queue[parent]!.queuedMs <= session.queuedMs) break;
      queue[at] = queue[parent]!;
      at = parent;
    }
    queue[at] = session;
  }

  private sink(from: number): void {
    const { queue } = this;
    const session = queue[from]!;
    let at = from;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= queue.length) break;
      if (child + 1 < queue.length && queue[child + 1]!.queuedMs < queue[child]!.queuedMs) child++;
      if (queue[child]!.queuedMs >= session.queuedMs) break;
      queue[at] = queue[child]!;
      at = child;
    }
    queue[at] = session;
  }
}

/** The second becomes part of the first. */
function absorb(session: Session, other: Session): void {
  if (other.startMs < session.startMs) session.startMs = other.startMs;
  if (other.endMs > session.endMs) {
    session.endMs = other.endMs;
    session.triggerMs = other.triggerMs;
  }
  session.slots.push(...other.slots);
  other.isOver = true;
}
