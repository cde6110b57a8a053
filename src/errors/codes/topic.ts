/** Codes of the verbs on Kafka's topics. */
export const topicCodes = {
  DREY_PRODUCE_LINE: {
    exit: 3,
    meaning: 'A line of the input cannot be sent as a record: too long, or without its key.',
    next: 'Correct the line that the message names; the lines before it are written.',
  },
  DREY_KAFKA_GROUP_NOT_FOUND: {
    exit: 5,
    meaning: 'No consumer group of this name has committed offsets.',
    next: 'Check the name; the groups of the cluster are in the details. Offsets expire when a group is empty for long.',
  },
} as const;
