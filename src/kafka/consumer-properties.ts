/**
 * The properties of Kafka's consumer that a source understands, under Kafka's names and with
 * Kafka's defaults, save where Flink's connector sets its own. Values are checked here; names that
 * belong to the connection are read by client-properties.ts.
 */
export interface ConsumerProperties {
  /** Null: none is named. */
  readonly groupId: string | null;
  readonly isolationLevel: 'read_committed' | 'read_uncommitted';
  readonly checksCrcs: boolean;
  /** Where to go on when the offset that is wanted is not there; null: nowhere. */
  readonly offsetReset: 'earliest' | 'latest' | null;
  readonly fetchMinBytes: number;
  readonly fetchMaxWaitMs: number;
  readonly fetchMaxBytes: number;
  readonly partitionFetchBytes: number;
  /** The group is told how far the source is when a checkpoint is complete. */
  readonly commitsOnCheckpoint: boolean;
  /** The group is told this often, whatever checkpoints do; null: it is not. */
  readonly autoCommitIntervalMs: number | null;
  /** How long a request may be tried again. */
  readonly apiTimeoutMs: number;
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
}

export interface PropertyProblem {
  readonly name: string;
  /** A sentence without the value, which may be secret. */
  readonly message: string;
}

interface Range {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

const INT_MAX = 2_147_483_647;
/** Kafka's defaults (consumer configurations, 4.3). */
const NUMBERS = {
  'fetch.min.bytes': { fallback: 1, min: 0, max: INT_MAX },
  'fetch.max.wait.ms': { fallback: 500, min: 0, max: 60_000 },
  'fetch.max.bytes': { fallback: 52_428_800, min: 0, max: INT_MAX },
  'max.partition.fetch.bytes': { fallback: 1_048_576, min: 0, max: INT_MAX },
  'auto.commit.interval.ms': { fallback: 5_000, min: 1, max: INT_MAX },
  'default.api.timeout.ms': { fallback: 60_000, min: 0, max: INT_MAX },
  'retry.backoff.ms': { fallback: 100, min: 1, max: INT_MAX },
  'retry.backoff.max.ms': { fallback: 1_000, min: 1, max: INT_MAX },
} as const satisfies Readonly<Record<string, Range>>;

/** Names that are read here. */
export const CONSUMER_PROPERTIES: ReadonlySet<string> = new Set([
  ...Object.keys(NUMBERS),
  'group.id',
  'isolation.level',
  'check.crcs',
  'auto.offset.reset',
  'commit.offsets.on.checkpoint',
  'enable.auto.commit',
]);

/** `report` is told of each value that does not fit; its default stands for it. */
export function readConsumerProperties(
  properties: Readonly<Record<string, string>>,
  report: (problem: PropertyProblem) => void,
): ConsumerProperties {
  const read = new PropertyReader(properties, report);
  const groupId = properties['group.id'] ?? null;
  const isAutoCommit = read.boolean('enable.auto.commit', false);
  const offsetReset = read.choice('auto.offset.reset', ['none', 'earliest', 'latest']);
  return {
    groupId,
    isolationLevel: read.choice('isolation.level', ['read_uncommitted', 'read_committed']),
    checksCrcs: read.boolean('check.crcs', true),
    offsetReset: offsetReset === 'none' ? null : offsetReset,
    fetchMinBytes: read.number('fetch.min.bytes'),
    fetchMaxWaitMs: read.number('fetch.max.wait.ms'),
    fetchMaxBytes: read.number('fetch.max.bytes'),
    partitionFetchBytes: read.number('max.partition.fetch.bytes'),
    // As Flink's KafkaSourceBuilder: without a group there is nobody to tell.
    commitsOnCheckpoint: read.boolean('commit.offsets.on.checkpoint', true) && groupId !== null,
    autoCommitIntervalMs:
      isAutoCommit && groupId !== null ? read.number('auto.commit.interval.ms') : null,
    apiTimeoutMs: read.number('default.api.timeout.ms'),
    retryBackoffMs: read.number('retry.backoff.ms'),
    retryBackoffMaxMs: read.number('retry.backoff.max.ms'),
  };
}

class PropertyReader {
  private readonly properties: Readonly<Record<string, string>>;
  private readonly report: (problem: PropertyProblem) => void;

  constructor(
    properties: Readonly<Record<string, string>>,
    report: (problem: PropertyProblem) => void,
  ) {
    this.properties = properties;
    this.report = report;
  }

  /** The first value is the default; Kafka takes them in any case. */
  choice<const V extends string>(name: string, values: readonly [V, ...V[]]): V {
    const text = this.properties[name];
    if (text === undefined) return values[0];
    const found = values.find((value) => value === text.trim().toLowerCase());
    if (found !== undefined) return found;
    this.report({ name, message: `Expected ${values.join(', ')} for properties.${name}.` });
    return values[0];
  }

  boolean(name: string, fallback: boolean): boolean {
    const text = this.properties[name];
    if (text === undefined) return fallback;
    return this.choice(name, fallback ? ['true', 'false'] : ['false', 'true']) === 'true';
  }

  number(name: keyof typeof NUMBERS): number {
    const { fallback, min, max } = NUMBERS[name];
    const text = this.properties[name];
    if (text === undefined) return fallback;
    const value = Number(text.trim());
    if (/^\d+$/.test(text.trim()) && value >= min && value <= max) return value;
    const message = `Expected a whole number from ${min} to ${max} for properties.${name}.`;
    this.report({ name, message });
    return fallback;
  }
}
