/** Codes of the embedded engine: jobs, records, connectors. */
export const engineCodes = {
  DREY_RECORD_UNREADABLE: {
    exit: 3,
    meaning: 'A record of a source cannot be parsed under the declared format and columns.',
    next: 'Correct the record, or set on-error: dead-letter or json.ignore-parse-errors on the source.',
  },
  DREY_RECORD_TOO_LONG: {
    exit: 3,
    meaning: 'A record is longer than source.max-record-bytes.',
    next: 'Raise source.max-record-bytes (at most 16mb) or set on-error: dead-letter on the source.',
  },
  DREY_SOURCE_TOO_MANY_FILES: {
    exit: 3,
    meaning: 'A source path stands for more files or deeper folders than a source reads.',
    next: 'Name a smaller folder or a narrower glob, or split the source into several.',
  },
  DREY_FILE_CHANGED: {
    exit: 3,
    meaning:
      'A source file is not what a restored run has read of it: shorter, replaced, gone, or continued in its last line.',
    next: 'Put the original file back, or start without the snapshot.',
  },
  DREY_DATAGEN_OPTION: {
    exit: 3,
    meaning: 'An option of a datagen source does not fit the type of its column.',
    next: 'Correct the option; bounds must lie within the column type and min must not exceed max.',
  },
  DREY_SINK_FOLDER_TAKEN: {
    exit: 3,
    meaning: 'The folder of a filesystem sink holds finished files of another run.',
    next: 'Name an empty folder, or set drey.sink.existing to append or replace.',
  },
  DREY_SOURCE_STARTS_ANEW: {
    exit: 9,
    meaning: 'A warning: after a restore a source cannot go on where it was.',
    next: 'Read from files where no row may be lost.',
  },
  DREY_SINK_AT_LEAST_ONCE: {
    exit: 9,
    meaning: 'A warning: after a restore a sink shows some rows again.',
    next: 'Use a filesystem sink, or a kafka sink with exactly-once, where each row must come once.',
  },
  DREY_SINK_NEVER_COMMITS: {
    exit: 3,
    meaning:
      'A filesystem sink, or an exactly-once kafka sink, behind a source that never ends, in a job without checkpoints.',
    next: 'Set execution.checkpointing.interval, or let the source end.',
  },
  DREY_SINK_PART_MISSING: {
    exit: 12,
    meaning: 'A part file that a checkpoint is to make visible is not there, or not whole.',
    next: 'Put the hidden part file back, or restore from an older checkpoint.',
  },
  DREY_EVENT_TIME_NULL: {
    exit: 3,
    meaning: 'A row of a source with a watermark has no event time.',
    next: 'Give every row an event time, or compute it with COALESCE in the columns of the source.',
  },
  DREY_STATE_TOO_LARGE: {
    exit: 9,
    meaning: 'An operator holds more keys at once than its tables can address.',
    next: 'Make the windows or state-ttl shorter, or group by fewer or coarser columns.',
  },
  DREY_CHECKPOINT_FAILED: {
    exit: 9,
    meaning: 'A checkpoint did not become complete; the job goes on.',
    next: 'Mend what the message names; the next checkpoint is taken as usual.',
  },
  DREY_CHECKPOINTS_FAILED: {
    exit: 9,
    meaning: 'More checkpoints failed in a row than the job may outlive.',
    next: 'Mend what the message names, or raise execution.checkpointing.tolerable-failed-checkpoints.',
  },
  DREY_RESTARTS_USED: {
    exit: 9,
    meaning: 'The job failed more often than its restart strategy allows.',
    next: 'Mend what the message names, then run again with --restore latest.',
  },
  DREY_STORAGE_SILENT: {
    exit: 9,
    meaning: 'The folder of the checkpoints does not answer, so it is unknown what is complete.',
    next: 'Mend the file system, then run again with --restore latest.',
  },
  DREY_ATTEMPT_STUCK: {
    exit: 9,
    meaning: 'A job that failed could not be closed: a source or sink does not answer.',
    next: 'Mend the file system or the service, then run again with --restore latest.',
  },
  DREY_RESTORE_MISMATCH: {
    exit: 5,
    meaning:
      'State of a checkpoint or savepoint does not fit the pipeline that is to go on from it.',
    next: 'Change the pipeline back, or pass --allow-non-restored-state if a node was removed on purpose.',
  },
  DREY_SAVEPOINT_REFUSED: {
    exit: 5,
    meaning: 'A savepoint was asked of a job that has no place for one.',
    next: 'Set execution.checkpointing.dir or execution.checkpointing.savepoint-dir in the pipeline.',
  },
  DREY_SAVEPOINT_FAILED: {
    exit: 6,
    meaning: 'A savepoint that was asked for did not become complete.',
    next: 'Mend what the message names and ask again; the job goes on.',
  },
  DREY_ASYNC_FAILED: {
    exit: 9,
    meaning: 'A call of an async node failed, and its retries are used up.',
    next: 'Catch the error in the module and give a result for it, or set async.retry.',
  },
  DREY_ASYNC_TIMEOUT: {
    exit: 9,
    meaning: 'A call of an async node was not answered within its timeout.',
    next: 'Raise async.timeout, or export timeout(row) beside invoke, which gives the result instead.',
  },
  DREY_ASYNC_RESULT: {
    exit: 9,
    meaning: 'What the module of an async node gave does not fit the columns of the node.',
    next: 'Give an object with the columns of async.columns, an array of such objects, or null for no row.',
  },
  DREY_DICTIONARY_FULL: {
    exit: 9,
    meaning:
      'A key group of a dictionary has given each of its numbers to a value; all groups together have 2^31.',
    next: 'Start the job without its state, or split the stream into several dictionaries.',
  },
  DREY_DICTIONARY_STORE_CHANGED: {
    exit: 12,
    meaning:
      'The shared store of a dictionary is not the one that numbers were taken from, or has lost some.',
    next: 'Bring the store back as it was (its append-only file, a replica), or name another key and start without the snapshot.',
  },
  DREY_REDIS_UNREACHABLE: {
    exit: 4,
    meaning: 'A Redis server gave no answer, for as long as it is tried again.',
    next: 'Check host and port of the url, and that the server runs.',
  },
  DREY_REDIS_REFUSED: {
    exit: 5,
    meaning: 'A Redis server refused a login or a command.',
    next: 'Read the words of the server in the message; the Redis documentation says what they mean.',
  },
  DREY_SINK_KEY_NULL: {
    exit: 3,
    meaning: 'A row of a redis sink has NULL as its key, member or score.',
    next: 'Leave such rows out with where in a transform before, or give a value with COALESCE.',
  },
  DREY_LOOKUP_DUPLICATE_KEY: {
    exit: 3,
    meaning: 'A lookup table has two rows with the same key.',
    next: 'Remove one of the rows; a lookup key must be unique.',
  },
  DREY_LOOKUP_MISSING: {
    exit: 3,
    meaning: 'A row has no match in a lookup table and the lookup says missing: fail.',
    next: 'Add the key to the table, or set missing: keep or drop on the lookup.',
  },
  DREY_EXPRESSION_FAILED: {
    exit: 9,
    meaning: 'An expression cannot be computed for a row, where Flink fails the job too.',
    next: 'Guard the expression with CASE, or use TRY_CAST, which gives NULL instead.',
  },
  DREY_FORMAT_TYPE: {
    exit: 3,
    meaning: 'A column has a type that its format cannot read or write.',
    next: 'Declare another type; csv has no MAP and no nested types inside others, json has only text as MAP keys.',
  },
  DREY_JSON_MAP_KEY: {
    exit: 9,
    meaning: 'A MAP with a NULL key is to be written as JSON.',
    next: 'Filter such rows, or build the MAP with keys that are not NULL.',
  },
  DREY_BATCH_TOO_LARGE: {
    exit: 9,
    meaning: 'The texts that an expression makes of one batch of rows do not fit into memory.',
    next: 'Look for an expression that makes very long texts, such as REPEAT or a long CONCAT.',
  },
  DREY_MODULE_NOT_FOUND: {
    exit: 3,
    meaning: 'The module of a process or async node is not there.',
    next: "Correct its path; a relative one starts at the pipeline file's folder.",
  },
  DREY_MODULE_FAILED: {
    exit: 3,
    meaning:
      'The module of a process or async node cannot be loaded, or opened, or closed: its text is wrong, or it throws.',
    next: 'Correct the module; `node FILE` shows the same error.',
  },
  DREY_MODULE_EXPORT: {
    exit: 3,
    meaning: 'The default export of a module is none for its node.',
    next: 'Export an object with a method processElement, or a class of it, as default; for async a function, or an object with invoke.',
  },
  DREY_PROCESS_FAILED: {
    exit: 9,
    meaning: 'A process function threw.',
    next: 'Mend the function at the place named, or let it pass such rows to a side output.',
  },
  DREY_PROCESS_CALL: {
    exit: 9,
    meaning: 'A process function used its context in a way that cannot be followed.',
    next: 'Change the call as the message says; docs/guide/process-functions.md describes them all.',
  },
  DREY_PROCESS_ROW: {
    exit: 9,
    meaning: 'A row that a process function emits does not fit the declared columns.',
    next: 'Emit values of the declared types, or correct columns or sides of the node.',
  },
  DREY_PROCESS_STATE: {
    exit: 9,
    meaning: 'A process function declares or fills state in a way that no snapshot can hold.',
    next: 'Keep plain values, and give each state one name and one kind.',
  },
  DREY_STATE_CORRUPT: {
    exit: 12,
    meaning: 'Stored state holds bytes that this version of drey never writes.',
    next: 'Restore from an older snapshot, and check the storage that this one came from.',
  },
} as const;
