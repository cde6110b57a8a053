import { describe, expect, it } from 'vitest';
import { isRetained, type JobEnd } from '../../../../src/engine/checkpoint/storage/retention.ts';

const ends: readonly JobEnd[] = ['finished', 'canceled', 'failed', 'suspended'];

describe('checkpoints of a job that has ended', () => {
  it.each([
    ['RETAIN_ON_CANCELLATION', ['canceled', 'failed', 'suspended']],
    ['DELETE_ON_CANCELLATION', ['failed', 'suspended']],
    ['NO_EXTERNALIZED_CHECKPOINTS', ['suspended']],
  ] as const)('stay under %s when it was %j', (retention, kept) => {
    expect(ends.filter((end) => isRetained(retention, end))).toEqual(kept);
  });
});
