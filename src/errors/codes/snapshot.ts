/** Codes of checkpoints and savepoints as files: damaged, missing, foreign, locked. */
export const snapshotCodes = {
  DREY_SNAPSHOT_CORRUPT: {
    exit: 12,
    meaning: 'A file of a checkpoint or savepoint is damaged, cut off or missing.',
    next: 'Restore from an older one; `drey checkpoint list --dir` shows what there is.',
  },
  DREY_SNAPSHOT_INCOMPLETE: {
    exit: 12,
    meaning:
      'A folder holds a checkpoint or savepoint that was never completed, or is half deleted.',
    next: 'Restore from a complete one; `drey checkpoint list --dir` shows what there is.',
  },
  DREY_SNAPSHOT_VERSION: {
    exit: 5,
    meaning: 'A checkpoint or savepoint has a format that only a newer drey reads.',
    next: 'Use the version of drey that the message names, or restore from an older snapshot.',
  },
  DREY_SNAPSHOT_NONE: {
    exit: 5,
    meaning: 'There is no checkpoint or savepoint where one is looked for.',
    next: 'Check the path and the name of the pipeline; --allow-empty-state starts without state.',
  },
  DREY_SNAPSHOT_FOREIGN: {
    exit: 5,
    meaning: 'A folder that is to be deleted or written was not made by drey, or is a link.',
    next: 'Check the path; delete it by hand if it is yours.',
  },
  DREY_SNAPSHOT_TOO_LARGE: {
    exit: 5,
    meaning: 'A checkpoint or savepoint is larger than its limits.',
    next: 'Shorten windows or state-ttl; the message says which limit it is.',
  },
  DREY_CHECKPOINT_LOCKED: {
    exit: 11,
    meaning: 'Another run of the same pipeline uses the checkpoint folder.',
    next: 'Stop the other run, which the message names, or use another execution.checkpointing.dir.',
  },
  DREY_CHECKPOINT_FENCED: {
    exit: 11,
    meaning: 'Another run took over the checkpoint folder while this one stood still.',
    next: 'Leave the work to the other run; check why this one could not renew its lock in time.',
  },
} as const;
