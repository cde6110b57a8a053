/** Codes of the Kafka source, besides those of requests that were given up. */
export const kafkaSourceCodes = {
  DREY_KAFKA_TOPIC_CHANGED: {
    exit: 3,
    meaning: 'A topic is not the one that was read before: it was deleted and made again.',
    next: 'Start without the snapshot, or name the topic that the snapshot was taken of.',
  },
  DREY_KAFKA_OFFSET_OUT_OF_RANGE: {
    exit: 3,
    meaning: 'Kafka does not have the record that a source has to go on with; records are lost.',
    next: 'Set properties.auto.offset.reset to earliest or latest to go on with what is there, and lengthen the retention of the topic.',
  },
  DREY_KAFKA_OFFSET_MISSING: {
    exit: 3,
    meaning: 'The group has committed no offset that a source could start or end at.',
    next: 'Set scan.startup.mode, or properties.auto.offset.reset to earliest or latest.',
  },
  DREY_KAFKA_OFFSET_RESET: {
    exit: 9,
    meaning:
      'A warning: records that a source had to go on with are not there any more, and it went on with others.',
    next: 'Lengthen the retention of the topic, or leave out properties.auto.offset.reset to end the job instead.',
  },
  DREY_KAFKA_COMMIT_FAILED: {
    exit: 9,
    meaning:
      'A warning: offsets could not be committed to the consumer group. The job does not need them.',
    next: 'Check that the login may read the group; the lag that other tools show is wrong meanwhile.',
  },
} as const;
