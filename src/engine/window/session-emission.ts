/** Emits sessions that fire, a row each; it remembers where it stands, as the output may fill up. */
import { BATCH_ROWS } from '../batch/column.ts';
import { writeValue } from '../batch/write-value.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { Output } from '../operator/contract.ts';
import type { KeyDictionary } from '../state/key-dictionary.ts';
import type { Results } from './emitted-results.ts';
import { GroupWriter } from './group-writer.ts';
import type { Session } from './open-sessions.ts';
import { ResultReader } from './result-reader.ts';
import type { SessionGroups } from './session-groups.ts';
import type { WindowAggregateSpecBase } from './window-spec.ts';

export class SessionEmission {
  private readonly writer: GroupWriter;
  private readonly reader: ResultReader;
  private sessions: readonly Session[] = [];
  private results: readonly Results[] = [];
  private position = 0;

  constructor(spec: WindowAggregateSpecBase, dictionary: KeyDictionary, memory: LinearMemory) {
    this.writer = new GroupWriter(spec, dictionary, memory);
    this.reader = new ResultReader(this.writer.results.map(({ type }) => type));
  }

  get isBusy(): boolean {
    return this.position < this.sessions.length;
  }

  /** Reads the results of these sessions, whose slots can then be dropped. */
  start(sessions: readonly Session[], groups: SessionGroups): void {
    this.results = sessions.map(({ slot }) => this.reader.read(groups, slot));
    this.sessions = sessions;
    this.position = 0;
  }

  /** Emits until all are out (true) or the output is full (false). */
  continue(output: Output, watermarkMs: number): boolean {
    while (this.isBusy) {
      if (output.isFull) return false;
      this.fill(watermarkMs);
      output.emit(this.writer.batch);
    }
    return true;
  }

  private fill(watermarkMs: number): void {
    const { writer, position } = this;
    const sessions = this.sessions.slice(position, position + BATCH_ROWS);
    this.position += sessions.length;
    writer.begin(
      Int32Array.from(sessions, ({ key }) => key),
      watermarkMs,
    );
    for (const [row, session] of sessions.entries()) {
      writer.setBounds(session, row, row + 1);
      const results = this.results[position + row]!;
      for (const [index, column] of writer.results.entries()) {
        writeValue(column, row, results[index] ?? null);
      }
    }
  }
}
