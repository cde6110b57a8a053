/**
 * The `stdin` source: one split, read to its end. What was read once cannot be read again, so after
 * a restore it goes on with what standard input gives then.
 */
import type { StandardStreams } from '../../../platform/standard-streams.ts';
import type { RowSchema } from '../../batch/batch.ts';
import type { LinearMemory } from '../../memory/linear-memory.ts';
import type {
  DeadRecordListener,
  Source,
  SourcePlace,
  SourceProgress,
  SplitReader,
} from '../contract.ts';
import type { InputOpener } from '../record-stream/byte-input.ts';
import { OpenSlots } from '../record-stream/open-slots.ts';
import { dealtTo, WHOLE_SOURCE } from '../split-assignment.ts';
import { RecordReader, type DecoderFactory } from '../record-stream/record-reader.ts';

export interface StdinSourceOptions {
  /** Name of the source node. */
  readonly name: string;
  readonly schema: RowSchema;
  readonly createDecoder: DecoderFactory;
  readonly maxRecordBytes: number;
  /** Where records are read to. */
  readonly memory: LinearMemory;
  readonly onDeadRecord: DeadRecordListener;
  /** Content bytes of a block. */
  readonly blockBytes?: number;
}

const SPLIT_NAME = 'stdin';
/** A pipe gives 64 KiB at a time; more room only helps when the reader fell behind. */
const BLOCK_BYTES = 256 * 1024;

export class StdinSource implements Source {
  readonly schema: RowSchema;
  /** Nobody knows: what writes to it may go on for ever. It can therefore be idle. */
  readonly isBounded = false;
  readonly isRepeatable = false;
  private readonly options: StdinSourceOptions;
  private readonly streams: StandardStreams;
  private bytesRead = 0;

  constructor(options: StdinSourceOptions, streams: StandardStreams) {
    this.schema = options.schema;
    this.options = options;
    this.streams = streams;
  }

  /** After a restore it is the same, whether or not it had come to its end. */
  open(place: SourcePlace = WHOLE_SOURCE): Promise<readonly SplitReader[]> {
    const { name, createDecoder, maxRecordBytes, memory, onDeadRecord, blockBytes } = this.options;
    const reader = new RecordReader({
      source: name,
      name: SPLIT_NAME,
      opener: this.opener(),
      createDecoder,
      blockBytes: blockBytes ?? BLOCK_BYTES,
      maxRecordBytes,
      memory,
      onDeadRecord,
      slots: new OpenSlots(1),
      isRepeatable: false,
    });
    return Promise.resolve(dealtTo([reader], place));
  }

  progress(): SourceProgress {
    return { bytesRead: this.bytesRead, bytesTotal: null };
  }

  private opener(): InputOpener {
    return {
      fillsBlocks: false,
      sizeBytes: null,
      open: () =>
        Promise.resolve({
          read: async (target: Uint8Array, offset: number, length: number) => {
            const count = await this.streams.readInput(target, offset, length);
            this.bytesRead += count;
            return count;
          },
          // Standard input belongs to the process.
          close: () => Promise.resolve(),
        }),
    };
  }
}
