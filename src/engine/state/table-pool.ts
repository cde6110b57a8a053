/**
 * Tables of windows that have fired, for the windows that open next: windows of one operator need
 * tables of one size, and clearing one costs a fraction of what the system takes for new memory.
 */
import { alignedWords } from './aligned-words.ts';

/** Tables kept at most; more are left to the garbage collector. */
const TABLES_MAX = 4;

export class TablePool {
  private readonly free: Int32Array[] = [];

  /** A table of `wordCount` zeroed words. */
  take(wordCount: number): Int32Array {
    const index = this.free.findIndex((table) => table.length === wordCount);
    if (index < 0) return alignedWords(wordCount);
    const [table] = this.free.splice(index, 1);
    return table!.fill(0);
  }

  /** The caller must not use the table any more. */
  give(table: Int32Array): void {
    if (this.free.length === TABLES_MAX) this.free.shift();
    this.free.push(table);
  }
}
