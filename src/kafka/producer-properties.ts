/**
 * The properties of Kafka's producer that a sink understands, under Kafka's names and with Kafka's
 * defaults. Values are checked here; names that belong to the connection are read by
 * client-properties.ts. Those that tune Kafka's own client (linger.ms, batch.size) change nothing.
 */
import type { BatchCompression } from './batch-header.ts';

export interface ProducerProperties {
  /** Of a sink that promises nothing; the others wait for all. */
  readonly acks: -1 | 0 | 1;
  readonly compression: BatchCompression;
  /** Before compression, of one batch. */
  readonly batchBytesMax: number;
  /** From its first try on, how long rows or a transaction may be tried. */
  readonly deliveryTimeoutMs: number;
  readonly transactionTimeoutMs: number;
  /** How long a broker may wait for its replicas. */
  readonly requestTimeoutMs: number;
}

export interface ProducerPropertyProblem {
  readonly name: string;
  /** A sentence without the value, which may be secret. */
  readonly message: string;
}

const INT_MAX = 2_147_483_647;
/** Kafka's defaults (producer configurations, 4.3). */
const NUMBERS = {
  'max.request.size': { fallback: 1_048_576, min: 1_024, max: 128 * 1_048_576 },
  'delivery.timeout.ms': { fallback: 120_000, min: 1, max: INT_MAX },
  'transaction.timeout.ms': { fallback: 60_000, min: 1_000, max: INT_MAX },
  'request.timeout.ms': { fallback: 30_000, min: 1, max: INT_MAX },
} as const;
const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
const ACKS = { all: -1, '-1': -1, '1': 1, '0': 0 } as const;

/** Names that are read here. */
export const PRODUCER_PROPERTIES: ReadonlySet<string> = new Set([
  ...Object.keys(NUMBERS),
  'acks',
  'compression.type',
]);

/** `report` is told of each value that does not fit; its default stands for it. */
export function readProducerProperties(
  properties: Readonly<Record<string, string>>,
  report: (problem: ProducerPropertyProblem) => void,
): ProducerProperties {
  const number = (name: keyof typeof NUMBERS): number => {
    const { fallback, min, max } = NUMBERS[name];
    const text = properties[name]?.trim();
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    const message = `Expected a whole number from ${min} to ${max} for properties.${name}.`;
    report({ name, message });
    return fallback;
  };
  const choice = <const V extends string>(name: string, values: readonly V[], fallback: V): V => {
    const text = properties[name]?.trim().toLowerCase();
    if (text === undefined) return fallback;
    const found = values.find((value) => value === text);
    if (found !== undefined) return found;
    report({ name, message: `Expected ${values.join(', ')} for properties.${name}.` });
    return fallback;
  };
  return {
    acks: ACKS[choice('acks', ['all', '-1', '1', '0'], 'all')],
    compression: choice('compression.type', COMPRESSIONS, 'none'),
    batchBytesMax: number('max.request.size'),
    deliveryTimeoutMs: number('delivery.timeout.ms'),
    transactionTimeoutMs: number('transaction.timeout.ms'),
    requestTimeoutMs: number('request.timeout.ms'),
  };
}
