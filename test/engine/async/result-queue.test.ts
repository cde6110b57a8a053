import { expect, test } from 'vitest';
import {
  ResultQueue,
  type QueuedRow,
  type Segment,
} from '../../../src/engine/async/result-queue.ts';

class Row implements QueuedRow {
  readonly watermarkMs = 0;
  segment: Segment<QueuedRow> | null = null;
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }
}

test('a segment that never ends does not hold on to what has left', () => {
  const queue = new ResultQueue<Row>(false);
  let latest = new Row(0);
  queue.add(latest);
  for (let id = 1; id < 20_000; id++) {
    const row = new Row(id);
    queue.add(row);
    queue.complete(latest);
    expect(queue.nextRow()).toBe(latest);
    queue.removeRow();
    expect(queue.rowCount).toBe(1);
    latest = row;
  }
  expect(latest.segment?.done.length).toBeLessThan(2_000);
  expect([...queue.elements()]).toEqual([{ kind: 'row', row: latest }]);
});
