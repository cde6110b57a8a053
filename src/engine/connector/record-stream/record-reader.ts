/**
 * Reads the records of one split out of its blocks: the SplitReader behind files and standard
 * input. Decides where records end, which are too long, what line each one starts at, and what a
 * snapshot needs to go on there.
 * Invariant: `positionBytes` and `lineCount` describe the byte at `feed.from`; every byte before
 * it was consumed, and its record was put into a batch or reported.
 */
import { assert } from '../../../errors/assert.ts';
import type { InputError } from '../../../errors/drey-error.ts';
import type { Batch } from '../../batch/batch.ts';
import type { RecordDecoder, UnreadableRecord } from '../../format/contract.ts';
import type { LinearMemory } from '../../memory/linear-memory.ts';
import type { StateReader } from '../../state/state-reader.ts';
import type { StateWriter } from '../../state/state-writer.ts';
import type { DeadRecordListener, PollResult, SplitReader } from '../contract.ts';
import { fileChanged } from './file-changed.ts';
import { BlockFeed } from './block-feed.ts';
import type { InputOpener } from './byte-input.ts';
import { ContentMark } from './content-mark.ts';
import type { OpenSlots } from './open-slots.ts';
import { placedTextEnd } from './placed-text.ts';

/**
 * Makes the decoder of one split. `linesBefore` is 0, or the number of lines of the split that
 * were read before the snapshot it goes on from: header lines among them are not to come again.
 */
export type DecoderFactory = (linesBefore: number) => RecordDecoder;

export interface RecordReaderOptions {
  /** Name of the source node. */
  readonly source: string;
  /** The split, as messages show it. */
  readonly name: string;
  readonly opener: InputOpener;
  readonly createDecoder: DecoderFactory;
  /** Content bytes of a block. */
  readonly blockBytes: number;
  /** Longest record, without its line end. */
  readonly maxRecordBytes: number;
  /** Where blocks are made. */
  readonly memory: LinearMemory;
  readonly onDeadRecord: DeadRecordListener;
  /** Shared by the readers of a source. */
  readonly slots: OpenSlots;
  /** False for a stream that cannot be read again: it starts anew after a restore. */
  readonly isRepeatable: boolean;
}

const LF = 0x0a;
const CR = 0x0d;
/** Bytes of the longest line end, CR LF. */
const LINE_END_BYTES_MAX = 2;
/** UTF-8 byte order mark. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** What the bytes at hand allow: decode up to windowEnd, read more, nothing is left. */
type NextStep = 'decode' | 'read' | 'end';

export class RecordReader implements SplitReader {
  readonly name: string;
  private readonly options: RecordReaderOptions;
  private readonly feed: BlockFeed;
  private decoder: RecordDecoder | null = null;
  /** The content before `feed.from`. */
  private readonly mark = new ContentMark();
  /** Content bytes before `feed.from`. */
  private positionBytes = 0;
  /** Line ends before `feed.from`. */
  private lineCount = 0;
  /** Whole records end here, in the block. */
  private windowEnd = 0;
  /** Bytes from `feed.from` known to hold no record end. */
  private searchedBytes = 0;
  /** Where the decoder may write, behind the text of the first `placedRows` rows of the batch. */
  private scratchFrom = 0;
  private placedRows = 0;
  /** Inside a record that is too long and was reported: its rest is dropped. */
  private isSkipping = false;
  /** Restored behind a last line without a line end, whose record was passed on. */
  private isBehindOpenLine = false;
  private holdsSlot = false;
  private isEnded = false;

  constructor(options: RecordReaderOptions) {
    this.name = options.name;
    this.options = options;
    const { opener } = options;
    this.feed = new BlockFeed({
      openInput: () => opener.open(this.positionBytes > 0 ? this.mark : null),
      contentBytes: options.blockBytes,
      memory: options.memory,
      fillsBlocks: opener.fillsBlocks,
    });
  }

  poll(batch: Batch): PollResult {
    if (this.isEnded) return 'ended';
    if (!this.takeSlot()) return 'waiting';
    this.scratchFrom = 0;
    this.placedRows = 0;
    for (;;) {
      const step = this.nextStep();
      if (step === 'decode') {
        this.decodeWindow(batch);
        if (batch.isFull) return 'rows';
      } else if (batch.rowCount > 0) {
        // A batch's strings lie in one block, so the next block's rows start the next batch.
        return 'rows';
      } else if (step === 'end') {
        this.end();
        return 'ended';
      } else if (this.feed.advance()) {
        this.windowEnd = this.feed.from;
      } else {
        return 'waiting';
      }
    }
  }

  ready(): Promise<void> {
    return this.holdsSlot ? this.feed.ready() : this.options.slots.whenFree();
  }

  snapshotState(writer: StateWriter): void {
    writer.float64(this.positionBytes);
    writer.float64(this.lineCount);
    writer.boolean(this.isSkipping);
    writer.boolean(this.isBehindOpenLine || this.hasEndedOpen());
    this.mark.snapshotState(writer);
  }

  restoreState(reader: StateReader): void {
    assert(!this.holdsSlot, 'a split reader is restored before its first poll');
    const positionBytes = reader.float64();
    const lineCount = reader.float64();
    const isSkipping = reader.boolean();
    const isBehindOpenLine = reader.boolean();
    if (!this.options.isRepeatable) return;
    this.mark.restoreState(reader);
    this.isBehindOpenLine = isBehindOpenLine;
    this.positionBytes = positionBytes;
    this.lineCount = lineCount;
    this.isSkipping = isSkipping;
  }

  async close(): Promise<void> {
    this.isEnded = true;
    await this.feed.close();
    this.giveSlot();
  }

  private takeSlot(): boolean {
    if (!this.holdsSlot) this.holdsSlot = this.options.slots.tryTake();
    return this.holdsSlot;
  }

  private giveSlot(): void {
    if (this.holdsSlot) this.options.slots.give();
    this.holdsSlot = false;
  }

  /** The input is closed already: its end was seen. What is left to free is memory. */
  private end(): void {
    this.isEnded = true;
    this.decoder?.release?.();
    this.decoder = null;
    this.feed.release();
    this.giveSlot();
  }

  /** Finds the next window of whole records; reports a record that is too long, and skips it. */
  private nextStep(): NextStep {
    const { feed } = this;
    if (this.windowEnd > feed.from) return 'decode';
    for (;;) {
      if (feed.from === feed.end) return feed.isAtEnd ? 'end' : 'read';
      if (this.isBehindOpenLine) {
        if (!this.skipLineEnd()) return 'read';
        continue;
      }
      if (this.isSkipping) {
        this.skipToLineEnd();
        continue;
      }
      if (this.positionBytes === 0 && !this.skipByteOrderMark()) return 'read';
      if (feed.from === feed.end) continue;
      this.windowEnd = this.findWindowEnd();
      if (this.windowEnd > feed.from) return 'decode';
      if (!this.isTooLong()) return 'read';
      this.reportTooLong();
    }
  }

  /**
   * End of the whole records in the next `maxRecordBytes`, so that a record in the window is never
   * longer than that, wherever the blocks are cut; `feed.from` when there is none.
   */
  private findWindowEnd(): number {
    const { feed } = this;
    const limit = feed.from + this.options.maxRecordBytes + LINE_END_BYTES_MAX;
    if (feed.end < limit && feed.isAtEnd) return this.checkedEnd(feed.end);
    const to = Math.min(feed.end, limit);
    const searchFrom = feed.from + this.searchedBytes;
    // A record end needs a line end, and the bytes before searchFrom hold none of it.
    if (!feed.block.bytes.subarray(searchFrom, to).includes(LF)) {
      this.searchedBytes = to - feed.from;
      return feed.from;
    }
    return this.checkedEnd(this.currentDecoder().lastRecordEnd(feed.block, feed.from, to));
  }

  /**
   * Excludes the one record that fits `maxRecordBytes + LINE_END_BYTES_MAX` and is still too long:
   * it is alone in the window, and its line end is shorter than CR LF.
   */
  private checkedEnd(windowEnd: number): number {
    const { feed } = this;
    const excess = windowEnd - feed.from - this.options.maxRecordBytes;
    if (excess <= 0) return windowEnd;
    const { bytes } = feed.block;
    const lineEndBytes =
      bytes[windowEnd - 1] !== LF ? 0 : bytes[windowEnd - 2] === CR ? LINE_END_BYTES_MAX : 1;
    if (excess <= lineEndBytes) return windowEnd;
    return this.currentDecoder().lastRecordEnd(feed.block, feed.from, windowEnd - 1);
  }

  private isTooLong(): boolean {
    const { feed } = this;
    const heldBytes = feed.end - feed.from;
    const { maxRecordBytes } = this.options;
    if (heldBytes >= maxRecordBytes + LINE_END_BYTES_MAX) return true;
    return feed.isAtEnd && heldBytes > maxRecordBytes;
  }

  private reportTooLong(): void {
    const { feed } = this;
    const { source, name, maxRecordBytes } = this.options;
    this.isSkipping = true;
    this.options.onDeadRecord({
      code: 'DREY_RECORD_TOO_LONG',
      source,
      split: name,
      position: this.lineCount + 1,
      unit: 'line',
      column: null,
      reason: `the record is longer than ${maxRecordBytes} bytes`,
      raw: feed.block.bytes.slice(feed.from, feed.from + maxRecordBytes),
    });
  }

  /**
   * Drops bytes up to the next line end. A quoted line end ends a record that is too long as well:
   * such a record is most often a quote that was never closed.
   */
  private skipToLineEnd(): void {
    const { feed } = this;
    const at = feed.block.bytes.subarray(feed.from, feed.end).indexOf(LF);
    if (at === -1) {
      this.consume(feed.end, 0);
      return;
    }
    this.consume(feed.from + at + 1, 1);
    this.isSkipping = false;
  }

  /** All is read, and the last line has no line end. */
  private hasEndedOpen(): boolean {
    const { feed, mark, isSkipping } = this;
    const isAllRead = feed.isAtEnd && feed.from === feed.end && this.positionBytes > 0;
    return isAllRead && !isSkipping && !mark.endsLine;
  }

  /**
   * What was the last line has become longer: only a line end may follow, since its record is gone
   * already. False: the bytes at hand may be the beginning of one.
   */
  private skipLineEnd(): boolean {
    const { feed } = this;
    const { bytes } = feed.block;
    const isLong = bytes[feed.from] === CR;
    if (isLong && feed.from + 1 === feed.end && !feed.isAtEnd) return false;
    const end = feed.from + (isLong ? 2 : 1);
    if (end > feed.end || bytes[end - 1] !== LF) throw this.continuedLine();
    this.consume(end, 1);
    this.isBehindOpenLine = false;
    return true;
  }

  private continuedLine(): InputError {
    const line = this.lineCount + 1;
    const how = `line ${line} was its last one and has grown since its record was read`;
    return fileChanged(this.name, how, { line });
  }

  /** False: the bytes at hand may be the beginning of a mark. */
  private skipByteOrderMark(): boolean {
    const { feed } = this;
    const { bytes } = feed.block;
    for (let i = 0; i < BYTE_ORDER_MARK.length; i++) {
      if (feed.from + i === feed.end) return feed.isAtEnd;
      if (bytes[feed.from + i] !== BYTE_ORDER_MARK[i]) return true;
    }
    this.consume(feed.from + BYTE_ORDER_MARK.length, 0);
    return true;
  }

  private decodeWindow(batch: Batch): void {
    const { feed } = this;
    const rowCountBefore = batch.rowCount;
    const from = feed.from;
    const result = this.currentDecoder().decode({
      block: feed.block,
      from,
      to: this.windowEnd,
      scratchFrom: this.freeScratchFrom(batch),
      batch,
    });
    assert(
      result.next > from || batch.rowCount > rowCountBefore || result.unreadable !== null,
      'a decoder consumes at least one record of a window',
    );
    this.consume(result.next, result.lineCount);
    if (result.unreadable !== null) this.reportUnreadable(result.unreadable);
  }

  /** Behind the decoded text of the rows that are in the batch already. */
  private freeScratchFrom(batch: Batch): number {
    const { block, scratchStart } = this.feed;
    const from = Math.max(this.scratchFrom, scratchStart);
    this.scratchFrom = placedTextEnd(batch, block, { from, fromRow: this.placedRows });
    this.placedRows = batch.rowCount;
    return this.scratchFrom;
  }

  private reportUnreadable(record: UnreadableRecord): void {
    const { bytes } = this.feed.block;
    const { source, name } = this.options;
    const position = this.lineCount + 1;
    this.consume(record.next, countLineEnds(bytes, this.feed.from, record.next));
    this.options.onDeadRecord({
      code: 'DREY_RECORD_UNREADABLE',
      source,
      split: name,
      position,
      unit: 'line',
      column: record.column,
      reason: record.reason,
      raw: bytes.slice(record.start, record.end),
    });
  }

  private consume(to: number, lineCount: number): void {
    if (this.options.isRepeatable) this.mark.add(this.feed.block.bytes, this.feed.from, to);
    this.positionBytes += to - this.feed.from;
    this.lineCount += lineCount;
    this.feed.from = to;
    this.searchedBytes = 0;
  }

  private currentDecoder(): RecordDecoder {
    this.decoder ??= this.options.createDecoder(this.lineCount);
    return this.decoder;
  }
}

function countLineEnds(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (bytes[at] === LF) count++;
  return count;
}
