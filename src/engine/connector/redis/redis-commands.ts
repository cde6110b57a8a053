/**
 * The commands that rows become. Each row says the whole of what lies under its key, so that a row
 * that comes again changes nothing: the last one counts. A row that takes another back is not
 * sent, for the one that takes its place has the same key; a deleted one removes.
 *
 * Columns by their place: the key; of a sorted set member and score; else the fields.
 */
import type { RedisCommand } from '../../../platform/redis.ts';
import { errorCodes } from '../../../errors/codes.ts';
import { InputError } from '../../../errors/drey-error.ts';
import { Batch, rowKinds, type RowSchema } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import { ByteBuffer } from '../../format/byte-buffer.ts';
import type { RecordEncoder } from '../../format/contract.ts';
import { JsonValueText } from '../../format/json-value-text.ts';
import { ScalarWriter, WRITTEN_SCALAR_BYTES_MAX } from '../../format/scalar-writer.ts';
import { jsonTimestamps } from '../../format/timestamp-text.ts';

export type RedisMode = 'hash' | 'zset' | 'string';

export interface RedisCommandOptions {
  /** Of the sink, for messages. */
  readonly name: string;
  readonly mode: RedisMode;
  /** Keys go away so long after they were written last; null: never. */
  readonly ttlMs: number | null;
  readonly schema: RowSchema;
  /** Of the fields as one JSON object, where a text holds several. */
  readonly encoder: RecordEncoder;
}

type Word = string | Uint8Array;

const KEY = 0;
const MEMBER = 1;
const SCORE = 2;
const FIRST_FIELD = 1;
/** What a command takes besides its words. */
const COMMAND_BYTES = 64;

export class RedisCommands {
  private readonly options: RedisCommandOptions;
  private readonly ttlText: string;
  private readonly scalars = new ScalarWriter({
    timestamps: jsonTimestamps.SQL,
    plainDecimals: true,
  });
  private readonly nested = new JsonValueText(this.scalars, false);
  private readonly scratch = new Uint8Array(WRITTEN_SCALAR_BYTES_MAX);
  private readonly objects = new ByteBuffer();
  private commands: RedisCommand[] = [];
  private byteCount = 0;

  constructor(options: RedisCommandOptions) {
    this.options = options;
    this.ttlText = String(options.ttlMs ?? 0);
  }

  get count(): number {
    return this.commands.length;
  }

  /** About as many as are sent. */
  get sizeBytes(): number {
    return this.byteCount;
  }

  take(): readonly RedisCommand[] {
    const { commands } = this;
    this.commands = [];
    this.byteCount = 0;
    return commands;
  }

  add(batch: Batch): void {
    const { mode, schema } = this.options;
    const { kinds, rowCount } = batch;
    const isObject = mode === 'string' && schema.length > FIRST_FIELD + 1;
    const objects = isObject ? this.objectsOf(batch) : null;
    for (let row = 0; row < rowCount; row++) {
      const kind = kinds === null ? rowKinds.insert : kinds[row]!;
      if (kind === rowKinds.updateBefore) continue;
      const key = this.wordOf(batch, KEY, row);
      if (mode === 'zset') this.addMember(batch, row, key, kind);
      else if (kind === rowKinds.delete) this.push(['DEL', key]);
      else if (mode === 'hash') this.addHash(batch, row, key);
      else this.addText(key, objects === null ? this.textOf(batch, row) : objects[row]!);
    }
  }

  private addMember(batch: Batch, row: number, key: Word, kind: number): void {
    const member = this.wordOf(batch, MEMBER, row);
    if (kind === rowKinds.delete) {
      this.push(['ZREM', key, member]);
      return;
    }
    this.push(['ZADD', key, this.wordOf(batch, SCORE, row), member]);
    this.expire(key);
  }

  /** A field that is NULL is none. */
  private addHash(batch: Batch, row: number, key: Word): void {
    const { schema } = this.options;
    const set: Word[] = ['HSET', key];
    const removed: Word[] = ['HDEL', key];
    const empty = set.length;
    for (let index = FIRST_FIELD; index < schema.length; index++) {
      const { name } = schema[index]!;
      const column = batch.columns[index]!;
      if (column.nulls[row] === 1) removed.push(name);
      else set.push(name, this.render(column, row));
    }
    if (removed.length > empty) this.push(removed);
    if (set.length === empty) return;
    this.push(set);
    this.expire(key);
  }

  private addText(key: Word, text: Word | null): void {
    if (text === null) this.push(['DEL', key]);
    else if (this.options.ttlMs === null) this.push(['SET', key, text]);
    else this.push(['SET', key, text, 'PX', this.ttlText]);
  }

  private expire(key: Word): void {
    if (this.options.ttlMs !== null) this.push(['PEXPIRE', key, this.ttlText]);
  }

  private push(command: RedisCommand): void {
    this.commands.push(command);
    let bytes = COMMAND_BYTES;
    for (const word of command) bytes += word.length;
    this.byteCount += bytes;
  }

  /** Null for NULL. */
  private textOf(batch: Batch, row: number): Word | null {
    const column = batch.columns[FIRST_FIELD]!;
    return column.nulls[row] === 1 ? null : this.render(column, row);
  }

  private objectsOf(batch: Batch): readonly Uint8Array[] {
    const { schema, encoder } = this.options;
    const fields = new Batch(schema.slice(FIRST_FIELD), batch.columns.slice(FIRST_FIELD));
    fields.rowCount = batch.rowCount;
    this.objects.clear();
    encoder.encode(fields, 0, this.objects);
    const lines: Uint8Array[] = [];
    const written = this.objects.content().slice();
    for (let start = 0; start < written.length;) {
      const end = written.indexOf(LINE_FEED, start);
      lines.push(written.subarray(start, end));
      start = end + 1;
    }
    return lines;
  }

  /** Of a column that must not be NULL. */
  private wordOf(batch: Batch, index: number, row: number): Word {
    const column = batch.columns[index]!;
    if (column.nulls[row] === 0) return this.render(column, row);
    const { name } = this.options;
    const what = this.options.schema[index]!.name;
    throw new InputError('DREY_SINK_KEY_NULL', `sink ${name}: the ${what} of a row is NULL`, {
      hint: errorCodes.DREY_SINK_KEY_NULL.next,
      details: { sink: name, field: what },
    });
  }

  /** As the json format shows the value, without its quotes; BYTES as they are. */
  private render(column: Column, row: number): Word {
    switch (column.kind) {
      case 'bytes': {
        const start = column.start[row]!;
        return column.block.bytes.slice(start, start + column.length[row]!);
      }
      case 'object':
        return this.nested.render(column.type, column.values[row]!);
      case 'boolean':
      case 'int':
      case 'long':
      case 'double':
      case 'timestamp':
      case 'decimal': {
        const end = this.scalars.write(column, row, this.scratch, 0);
        return String.fromCharCode(...this.scratch.subarray(0, end));
      }
    }
  }
}

const LINE_FEED = 0x0a;
