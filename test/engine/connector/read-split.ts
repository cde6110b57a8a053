/** Reads splits to their end, as the engine does, and checks what the contract promises of rows. */
import { Batch } from '../../../src/engine/batch/batch.ts';
import type { DeadRecord, SplitReader } from '../../../src/engine/connector/contract.ts';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import { lineSchema, textsOf } from './line-decoder.ts';

/** Rows as their text, dead records as `code line: beginning`, in the order in which they came. */
export type Event = string;

export function deadEvent(record: DeadRecord): Event {
  const raw = new TextDecoder().decode(record.raw.subarray(0, 8));
  return `${record.code} ${record.position}: ${raw}`;
}

/** Polls once, waiting first where needed; the rows of one poll, or null at the end. */
export async function pollRows(reader: SplitReader): Promise<string[] | null> {
  const batch = new Batch(lineSchema);
  for (;;) {
    batch.reset();
    const result = reader.poll(batch);
    if (result === 'ended') return null;
    if (result === 'rows') {
      // Reading ahead goes on meanwhile and must leave the rows alone.
      await reader.ready();
      return textsOf(batch);
    }
    await reader.ready();
  }
}

export async function readRows(reader: SplitReader): Promise<string[]> {
  const rows: string[] = [];
  try {
    for (let polled = await pollRows(reader); polled !== null; polled = await pollRows(reader)) {
      rows.push(...polled);
    }
    return rows;
  } finally {
    await reader.close();
  }
}

export function snapshotOf(reader: SplitReader): StateReader {
  const writer = new StateWriter();
  reader.snapshotState(writer);
  return new StateReader(writer.finish());
}
