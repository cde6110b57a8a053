/**
 * What a user looked at last, kept for an hour after it was written. A visit is new when nothing is
 * known of the user, or no longer: state with a time to live forgets by itself, without a timer.
 */
export default {
  /** @param {import('drey/engine').OpenContext} context */
  open(context) {
    this.lastSeen = context.valueState('last-seen', {
      ttl: {
        ttlMs: 3_600_000,
        update: 'onCreateAndWrite',
        visibility: 'neverReturnExpired',
        // What nobody asks for again is found a few keys at a time, and left out of snapshots.
        cleanup: { incremental: { keys: 5 }, fullSnapshot: true },
      },
    });
  },

  processElement(row, context, out) {
    const before = this.lastSeen.value();
    out.collect({
      userId: row.userId,
      page: row.page,
      is_new: before === null,
      came_from: before?.page ?? null,
      visits: (before?.visits ?? 0) + 1,
    });
    this.lastSeen.update({ page: row.page, visits: (before?.visits ?? 0) + 1 });
  },
};
