/**
 * Codes of requests to Kafka that were given up: no answer, or an answer that says no. They are
 * made of a KafkaError in platform/kafka-failure.ts, for jobs and for commands alike.
 */
export const kafkaBrokerCodes = {
  DREY_KAFKA_UNREACHABLE: {
    exit: 4,
    meaning: 'No broker of Kafka gave an answer that can be read.',
    next: 'Check the bootstrap servers, security.protocol and the network, then try again.',
  },
  DREY_KAFKA_UNAVAILABLE: {
    exit: 4,
    meaning:
      'Kafka answers, but cannot do it at present: no leader or coordinator, or too few replicas.',
    next: 'Look at the brokers and at `drey topic describe`, then try again.',
  },
  DREY_KAFKA_LOGIN_REFUSED: {
    exit: 5,
    meaning: 'Kafka refused the login.',
    next: 'Check sasl.mechanism and the user and password in sasl.jaas.config.',
  },
  DREY_KAFKA_NOT_AUTHORIZED: {
    exit: 5,
    meaning: 'The login may not do this: topics, groups and transactional ids have permissions.',
    next: 'Grant it with kafka-acls to the user of the login, or use another one.',
  },
  DREY_KAFKA_TOPIC_NOT_FOUND: {
    exit: 5,
    meaning: 'The cluster has no such topic or partition, or the login may not see it.',
    next: 'Run `drey topic list`; `drey topic create` makes a topic.',
  },
  DREY_KAFKA_TOPIC_EXISTS: {
    exit: 5,
    meaning: 'A topic of this name is there already.',
    next: 'Choose another name; --if-not-exists makes this a success.',
  },
  DREY_KAFKA_RECORD_TOO_LARGE: {
    exit: 5,
    meaning: 'A record, or a batch of records, is larger than the topic takes.',
    next: 'Make the record smaller, or raise max.message.bytes of the topic.',
  },
  DREY_KAFKA_FENCED: {
    exit: 11,
    meaning: 'Another producer with the same transactional id has taken over.',
    next: 'See that only one job runs with this prefix of transactional ids.',
  },
  DREY_KAFKA_UNSUPPORTED: {
    exit: 5,
    meaning: 'This version or configuration of Kafka cannot do what was asked.',
    next: 'The message names the request; drey needs brokers from Kafka 2.1.',
  },
  DREY_KAFKA_REQUEST_FAILED: {
    exit: 5,
    meaning: 'Kafka refused a request.',
    next: 'Read the reason in the message: it is the name that Kafka gives it.',
  },
} as const;
