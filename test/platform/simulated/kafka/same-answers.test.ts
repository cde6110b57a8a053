import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import { kafkaSettings } from '../../../support/kafka-client.ts';
import { operations, runOperations, type Operation } from '../../../support/kafka-operations.ts';
import { runs } from '../../../support/property-runs.ts';

/** What a cluster of the simulated world answers. */
function answers(
  seed: number,
  brokerCount: number,
  taken: readonly Operation[],
): Promise<readonly string[]> {
  const world = createSimulatedPlatform({ seed, kafka: { brokerCount } });
  const run = {
    client: world.kafka.connect(kafkaSettings),
    name: 'same',
    replicationFactor: brokerCount,
    pause: () => new Promise<void>((resolve) => void world.timers.after(20, resolve)),
  };
  return world.drive(runOperations(run, taken));
}

it('the answers depend neither on delays nor on the number of brokers', async () => {
  await fc.assert(
    fc.asyncProperty(operations, async (taken) => {
      expect(await answers(1, 1, taken)).toEqual(await answers(2, 3, taken));
    }),
    { numRuns: runs(50) },
  );
});
