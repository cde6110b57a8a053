/** Codes of Kafka: its properties and its bytes. What a broker refuses stands with the connectors. */
export const kafkaCodes = {
  DREY_KAFKA_PROPERTY: {
    exit: 3,
    meaning: 'A property of the Kafka client is missing, wrong, or asks for what drey has not.',
    next: 'Correct the property that the message names; docs/guide lists those that are read.',
  },
  DREY_KAFKA_RECORDS_CORRUPT: {
    exit: 3,
    meaning: 'A batch of records from Kafka is damaged.',
    next: 'Read the partition at that offset with another client: if it fails as well, the log of the broker is damaged.',
  },
} as const;
