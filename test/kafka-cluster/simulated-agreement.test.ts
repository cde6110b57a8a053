import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSimulatedPlatform } from '../../src/platform/simulated/simulated-platform.ts';
import { realTimers } from '../../src/platform/real/timers.ts';
import { kafkaSettings } from '../support/kafka-client.ts';
import { operations, runOperations, type Operation } from '../support/kafka-operations.ts';
import { runs } from '../support/property-runs.ts';
import { client } from './clients.ts';

/** Of one sequence on a busy machine. */
const SEQUENCE_MS = 20_000;
const SEQUENCES = 40;
const PAUSE_MS = 5;

function simulatedAnswers(taken: readonly Operation[]): Promise<readonly string[]> {
  const world = createSimulatedPlatform({ seed: 1, kafka: { brokerCount: 1 } });
  const run = {
    client: world.kafka.connect(kafkaSettings),
    name: 'agreement',
    replicationFactor: 1,
    pause: () => new Promise<void>((resolve) => void world.timers.after(PAUSE_MS, resolve)),
  };
  return world.drive(runOperations(run, taken));
}

it(
  'the simulated brokers answer random operations as the real one does',
  async () => {
    const kafka = client();
    await fc.assert(
      fc.asyncProperty(operations, async (taken) => {
        const real = await runOperations(
          {
            client: kafka,
            name: `agreement-${randomUUID()}`,
            replicationFactor: 1,
            pause: () => new Promise((resolve) => void realTimers.after(PAUSE_MS, resolve)),
          },
          taken,
        );
        expect(await simulatedAnswers(taken)).toEqual(real);
      }),
      { numRuns: runs(SEQUENCES) },
    );
  },
  runs(SEQUENCES) * SEQUENCE_MS,
);
