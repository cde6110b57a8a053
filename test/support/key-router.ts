/** Sends rows to the subtask that owns their key, as the exchange before a keyed operator does. */
import type { Batch } from '../../src/engine/batch/batch.ts';
import {
  keyGroupOf,
  MAX_PARALLELISM_DEFAULT,
  subtaskOfKeyGroup,
} from '../../src/engine/state/key-groups.ts';
import { LinearMemory } from '../../src/engine/memory/linear-memory.ts';
import { KeyEncoder } from '../../src/engine/state/key-encoder.ts';

export class KeyRouter {
  private readonly keyColumns: readonly (readonly number[] | 'all')[];
  private readonly encoder = new KeyEncoder(new LinearMemory());

  /** By input: positions of the key columns, or that every subtask gets all rows. */
  constructor(keyColumns: readonly (readonly number[] | 'all')[]) {
    this.keyColumns = keyColumns;
  }

  /** The rows of each subtask; `batch` holds all of them. */
  route<R>(
    batch: Batch,
    given: { readonly input: number; readonly rows: readonly R[]; readonly subtasks: number },
  ): readonly (readonly R[])[] {
    const { input, rows, subtasks } = given;
    const columns = this.keyColumns[input]!;
    if (columns === 'all') return Array.from({ length: subtasks }, () => rows);
    const keys = this.encoder.encode(
      columns.map((index) => batch.columns[index]!),
      batch.rowCount,
    );
    const routed = Array.from({ length: subtasks }, (): R[] => []);
    for (const [row, each] of rows.entries()) {
      const { bytes } = keys.block;
      const group = keyGroupOf(bytes, keys.start[row]!, keys.length[row]!, MAX_PARALLELISM_DEFAULT);
      routed[subtaskOfKeyGroup(group, subtasks, MAX_PARALLELISM_DEFAULT)]!.push(each);
    }
    return routed;
  }
}
