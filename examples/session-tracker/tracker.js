/**
 * Sessions of a user: events that follow each other within 30 minutes of event time. A session is
 * emitted when the watermark has come to 30 minutes after its last event.
 *
 * Events may arrive out of order, so one of 10:40 can be here before the session that ended at 10:05
 * is over: a user can have several open sessions, and an event between two of them joins them.
 */
const TIMEOUT_MS = 30 * 60_000;

export default {
  /** @param {import('drey/engine').OpenContext} context */
  open(context) {
    /** Open sessions of the user, as { startMs, lastMs, types: { view: 3 } }. */
    this.sessions = context.listState('open-sessions');
  },

  /** @param {import('drey/engine').ProcessContext} context */
  processElement(row, context) {
    const atMs = context.timestampMs;
    const isNear = ({ startMs, lastMs }) =>
      atMs >= startMs - TIMEOUT_MS && atMs <= lastMs + TIMEOUT_MS;
    const open = this.sessions.get();
    const near = open.filter(isNear);
    if (near.length === 0 && atMs + TIMEOUT_MS <= context.currentWatermark) {
      context.sideOutput('missed', { userId: row.userId, type: row.type, ts: row.ts });
      return;
    }
    let session = { startMs: atMs, lastMs: atMs, types: { [row.type]: 1 } };
    for (const other of near) {
      context.deleteEventTimeTimer(other.lastMs + TIMEOUT_MS);
      session = joined(session, other);
    }
    this.sessions.update([...open.filter((other) => !isNear(other)), session]);
    context.registerEventTimeTimer(session.lastMs + TIMEOUT_MS);
  },

  /** @param {import('drey/engine').TimerContext} context */
  onTimer(timestampMs, context, out) {
    const isOver = ({ lastMs }) => lastMs + TIMEOUT_MS <= timestampMs;
    const open = this.sessions.get();
    for (const { startMs, lastMs, types } of open.filter(isOver)) {
      const events = Object.values(types).reduce((sum, count) => sum + count, 0);
      out.collect({
        userId: context.key.userId,
        session_start: startMs,
        session_end: lastMs,
        events,
        types,
      });
    }
    this.sessions.update(open.filter((session) => !isOver(session)));
  },
};

/** One session of both; types in alphabetical order. */
function joined(a, b) {
  const names = [...new Set([...Object.keys(a.types), ...Object.keys(b.types)])].sort();
  return {
    startMs: Math.min(a.startMs, b.startMs),
    lastMs: Math.max(a.lastMs, b.lastMs),
    types: Object.fromEntries(
      names.map((name) => [name, (a.types[name] ?? 0) + (b.types[name] ?? 0)]),
    ),
  };
}
