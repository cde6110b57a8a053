/** Types of the parts of kafkajs that serve as oracles for the bytes of Kafka. */
declare module 'kafkajs/src/protocol/recordBatch/v0/index.js' {
  export function RecordBatch(batch: {
    readonly firstOffset?: number;
    readonly firstTimestamp: number;
    readonly maxTimestamp: number;
    readonly partitionLeaderEpoch?: number;
    readonly lastOffsetDelta: number;
    readonly transactional?: boolean;
    readonly producerId?: number;
    readonly producerEpoch?: number;
    readonly firstSequence?: number;
    readonly records: readonly unknown[];
  }): Promise<{ readonly buffer: Uint8Array }>;
}

declare module 'kafkajs/src/protocol/recordBatch/record/v0/index.js' {
  export default function record(record: {
    readonly offsetDelta: number;
    readonly timestampDelta: number;
    readonly key: Uint8Array | null;
    readonly value: Uint8Array | null;
    readonly headers: Readonly<Record<string, Uint8Array | Uint8Array[]>>;
  }): unknown;
}

declare module 'kafkajs/src/protocol/recordBatch/v0/decoder.js' {
  export default function decodeBatch(decoder: unknown): Promise<{
    readonly firstOffset: string;
    readonly firstTimestamp: string;
    readonly maxTimestamp: string;
    readonly inTransaction: boolean;
    readonly lastOffsetDelta: number;
    readonly producerId: string;
    readonly producerEpoch: number;
    readonly firstSequence: number;
    readonly records: readonly {
      readonly timestamp: string;
      readonly offset: string;
      readonly key: Uint8Array | null;
      readonly value: Uint8Array | null;
      readonly headers: Readonly<Record<string, Uint8Array | Uint8Array[]>>;
    }[];
  }>;
}

declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    constructor(bytes: Uint8Array);
  }
}

declare module 'kafkajs/src/producer/partitioners/default/murmur2.js' {
  export default function murmur2(key: Uint8Array): number;
}
