import { expect, test } from 'vitest';
import {
  CHECKPOINT_CONFIGURATION_DEFAULT,
  checkConfiguration,
  checkpointKeys,
  effectiveConfiguration,
  type CheckpointConfiguration,
} from '../../../src/engine/checkpoint/checkpoint-configuration.ts';
import { configurationKeys } from '../../../src/pipeline/spec/configuration/configuration.ts';

function problems(changes: Partial<CheckpointConfiguration>): readonly string[] {
  return checkConfiguration({ ...CHECKPOINT_CONFIGURATION_DEFAULT, ...changes }).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
}

test('the defaults are free of problems and in force as they are', () => {
  expect(problems({})).toEqual([]);
  expect(effectiveConfiguration(CHECKPOINT_CONFIGURATION_DEFAULT)).toEqual(
    CHECKPOINT_CONFIGURATION_DEFAULT,
  );
});

test('every key and every older name is one that pipelines may set', () => {
  const names = Object.values(checkpointKeys).flatMap((key) => [key.name, ...key.olderNames]);
  expect(names.filter((name) => !Object.hasOwn(configurationKeys, name))).toEqual([]);
});

test('values out of bounds are errors that name key, value and bound', () => {
  const prefix = 'error: execution.checkpointing';
  const cases: readonly (readonly [Partial<CheckpointConfiguration>, string])[] = [
    [{ intervalMs: 9 }, 'interval is 9ms; it must be at least 10ms.'],
    [{ timeoutMs: 0 }, 'timeout is 0ms; it must be at least 10ms.'],
    [{ minPauseMs: -1 }, 'min-pause is -1ms; it must be at least 0ms.'],
    [{ minPauseMs: 31_536_000_001 }, 'min-pause must be at most 365d.'],
    [
      { isUnaligned: true, alignedTimeoutMs: -1 },
      'aligned-checkpoint-timeout is -1ms; it must be at least 0ms.',
    ],
    [{ maxConcurrent: 0 }, 'max-concurrent-checkpoints is 0; it must be at least 1.'],
    [{ tolerableFailed: -1 }, 'tolerable-failed-checkpoints is -1; it must be at least 0.'],
    [{ retainedMax: 0 }, 'num-retained is 0; it must be at least 1.'],
    [
      { isUnaligned: true, maxConcurrent: 2 },
      'max-concurrent-checkpoints is 2; it must be 1 with execution.checkpointing.unaligned.enabled.',
    ],
  ];
  for (const [changes, message] of cases)
    expect(problems(changes)).toEqual([`${prefix}.${message}`]);
});

test('what has no effect is a warning', () => {
  const cases: readonly (readonly [Partial<CheckpointConfiguration>, RegExp])[] = [
    [{ isUnaligned: true, mode: 'AT_LEAST_ONCE' }, /unaligned.enabled is ignored with .*AT_LEAST/],
    [{ alignedTimeoutMs: 5 }, /aligned-checkpoint-timeout is ignored without .*unaligned/],
    [
      { isUnaligned: true, alignedTimeoutMs: 50, timeoutMs: 50 },
      /aligned-checkpoint-timeout is ignored: it is not shorter than .*timeout \(50ms\)/,
    ],
    [{ intervalMs: 50, minPauseMs: 60 }, /interval is 50ms and is raised to .*min-pause \(60ms\)/],
  ];
  for (const [changes, message] of cases) {
    const found = problems(changes);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^warning: /);
    expect(found[0]).toMatch(message);
  }
});

test('a pause longer than the interval raises it; at-least-once knows nothing unaligned', () => {
  const changes = { intervalMs: 50, minPauseMs: 60, isUnaligned: true } as const;
  const configuration = { ...CHECKPOINT_CONFIGURATION_DEFAULT, ...changes };
  expect(effectiveConfiguration(configuration).intervalMs).toBe(60);
  expect(effectiveConfiguration(configuration).isUnaligned).toBe(true);
  const relaxed = { ...configuration, mode: 'AT_LEAST_ONCE' } as const;
  expect(effectiveConfiguration(relaxed).isUnaligned).toBe(false);
});
