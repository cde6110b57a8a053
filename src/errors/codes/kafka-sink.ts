/** Codes of what writes to Kafka. */
export const kafkaSinkCodes = {
  DREY_KAFKA_SINK_OUTCOME_UNKNOWN: {
    exit: 10,
    meaning:
      'Rows of a snapshot were or were not committed to Kafka, and the offset that said so has expired.',
    next: 'Look for the rows in the topic, then set drey.sink.expired-marker to skip if they are there, to resend if not.',
  },
  DREY_KAFKA_SINK_GROUP_TAKEN: {
    exit: 3,
    meaning: 'A consumer group has the name under which an exactly-once sink keeps its markers.',
    next: 'Choose another sink.transactional-id-prefix.',
  },
  DREY_KAFKA_SINK_EPOCH_TOO_LARGE: {
    exit: 9,
    meaning: 'An exactly-once sink holds more rows that no checkpoint covers than it may.',
    next: 'Shorten execution.checkpointing.interval, raise the parallelism, or use at-least-once.',
  },
  DREY_KAFKA_SINK_ROW: {
    exit: 9,
    meaning: 'A row cannot be a record of a Kafka sink.',
    next: 'Filter such rows out in a transform, or give the column a value with COALESCE.',
  },
} as const;
