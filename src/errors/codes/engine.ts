/** Codes of the embedded engine: jobs, records, connectors. */
export const engineCodes = {
  DREY_JOB_FAILED: {
    exit: 9,
    meaning: 'The embedded job failed and its restart strategy gave up.',
    next: 'Read the cause that is printed with it.',
  },
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
} as const;
