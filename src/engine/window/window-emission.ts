/**
 * Emits all groups of a window that fires, batch by batch. It remembers where it stands, because
 * the output may fill up in between.
 */
import { assert } from '../../errors/assert.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { Output } from '../operator/contract.ts';
import type { KeyDictionary } from '../state/key-dictionary.ts';
import { GroupWriter } from './group-writer.ts';
import type { WindowAggregateSpec } from './window-spec.ts';
import type { Firing } from './window-store.ts';

export class WindowEmission {
  private readonly writer: GroupWriter;
  private firing: Firing | null = null;
  private slot = 0;

  constructor(spec: WindowAggregateSpec, dictionary: KeyDictionary, memory: LinearMemory) {
    this.writer = new GroupWriter(spec, dictionary, memory);
  }

  /** True while the groups of a window are not all emitted. */
  get isBusy(): boolean {
    return this.firing !== null;
  }

  start(firing: Firing): void {
    assert(this.firing === null, 'one window is emitted at a time');
    this.firing = firing;
    this.slot = 0;
  }

  /**
   * Emits batches until the window is done (true) or the output is full (false).
   * @param watermarkMs the watermark that the output has seen last
   */
  continue(output: Output, watermarkMs: number): boolean {
    const { firing } = this;
    if (firing === null) return true;
    while (this.slot < firing.groups.slotCount) {
      if (output.isFull) return false;
      this.fill(firing, watermarkMs);
      output.emit(this.writer.batch);
    }
    this.firing = null;
    firing.done();
    return true;
  }

  private fill(firing: Firing, watermarkMs: number): void {
    const { writer } = this;
    const { groups } = firing;
    const from = this.slot;
    const to = Math.min(groups.slotCount, from + BATCH_ROWS);
    this.slot = to;
    writer.begin(groups.keysOf(from, to), watermarkMs);
    writer.setBounds(firing, 0, to - from);
    for (const [index, column] of writer.results.entries()) {
      groups.writeResult(index, from, to, column);
    }
  }
}
