import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KafkaSink } from '../../../../../src/engine/connector/kafka/sink/kafka-sink.ts';
import type { KafkaSinkSpec } from '../../../../../src/engine/connector/kafka/sink/kafka-sink-spec.ts';
import { DreyError } from '../../../../../src/errors/drey-error.ts';
import { SeededRandom } from '../../../../../src/platform/simulated/random.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../../../src/platform/simulated/simulated-platform.ts';
import { newTopic } from '../../../../support/kafka-client.ts';
import { runs } from '../../../../support/property-runs.ts';
import {
  committedValues,
  exactlyOnce,
  kafkaSinkOf,
  restoredKafkaSink,
  snapshotOf,
  writeRows,
  withKey,
  type Complete,
} from './kafka-sink-job.ts';

const ROWS = 60;
const LIVES_MAX = 100;
const PARTITIONS = 3;
/** On a busy machine. */
const TIMEOUT_MS = 120_000;

interface Store {
  latest: Complete | null;
  lastId: number;
}

/** One process: runs from the latest checkpoint on, until it fails or all rows are committed. */
class Life {
  isOver = false;
  private readonly world: SimulatedPlatform;
  private readonly store: Store;
  private readonly random: SeededRandom;
  private readonly spec: KafkaSinkSpec;

  constructor(
    world: SimulatedPlatform,
    store: Store,
    { random, spec }: { readonly random: SeededRandom; readonly spec: KafkaSinkSpec },
  ) {
    this.world = world;
    this.store = store;
    this.random = random;
    this.spec = spec;
  }

  async run(): Promise<boolean> {
    const { latest } = this.store;
    const parallelism = 1 + this.random.index(3);
    const sinks = Array.from({ length: parallelism }, (_, subtask) => {
      const place = { subtask, parallelism };
      return latest === null
        ? kafkaSinkOf(this.world, this.spec, place)
        : restoredKafkaSink(this.world, latest.states, this.spec, place);
    });
    try {
      for (const sink of sinks) await sink.open();
      return await this.writeAll(sinks);
    } catch (failure) {
      if (!(failure instanceof DreyError)) throw failure;
      return false;
    } finally {
      for (const sink of sinks) await sink.close();
    }
  }

  private async writeAll(sinks: readonly KafkaSink[]): Promise<boolean> {
    const { store, random } = this;
    const commits: Promise<void>[] = [];
    for (let row = store.latest?.rowCount ?? 0; row < ROWS; row++) {
      const key = `${row % 7}`;
      await writeRows(sinks[row % sinks.length]!, [{ row: `${row}`, key }]);
      const isLast = row === ROWS - 1;
      if (!isLast && !random.chance(0.3)) continue;
      const checkpointId = ++store.lastId;
      const states = sinks.map((sink, subtask) => snapshotOf(sink, checkpointId, subtask));
      await this.pass(random.index(50));
      // A dead process completes nothing.
      if (this.isOver) return false;
      if (!isLast && random.chance(0.2)) continue;
      store.latest = { checkpointId, rowCount: row + 1, states };
      const commit = this.commitAll(sinks, checkpointId);
      commit.catch(() => undefined);
      commits.push(commit);
      if (random.chance(0.5)) await commit;
    }
    await Promise.all(commits);
    return true;
  }

  private async commitAll(sinks: readonly KafkaSink[], checkpointId: number): Promise<void> {
    for (const sink of sinks) await sink.recovery.commitUpTo(checkpointId);
  }

  private pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.world.timers.after(ms, resolve);
    });
  }
}

async function runLives(seed: number, specs: Partial<KafkaSinkSpec>, downMs = 0): Promise<void> {
  const random = new SeededRandom(seed, 'lives');
  const topics = [
    newTopic('out', { partitionCount: PARTITIONS, replicationFactor: 3 }),
    newTopic('markers', { partitionCount: 2, replicationFactor: 3 }),
  ];
  let world = createSimulatedPlatform({ seed, kafka: { brokerCount: 3, topics } });
  const cluster = world.kafkaCluster;
  const store: Store = { latest: null, lastId: 0 };
  const spec = { ...exactlyOnce, ...specs };
  const share = random.next() * 0.1;
  cluster.faults.setShares({
    lost: share,
    'answer-lost': share,
    delayed: share,
    duplicated: share,
    refused: share,
    'refused-in-doubt': share,
  });
  for (let lives = 0, isDone = false; !isDone; lives++) {
    if (lives === LIVES_MAX) cluster.faults.clear();
    if (lives > 2 * LIVES_MAX) throw new Error('the job does not come to its end');
    const life = new Life(world, store, { random, spec });
    const done = life.run();
    const dies = lives < LIVES_MAX && random.chance(0.7);
    isDone = await world.drive(dies ? Promise.race([done, death(world, random)]) : done);
    if (!isDone) {
      life.isOver = true;
      const next = world.startAnother();
      world.kill();
      world = next;
      accident(world, random);
      if (downMs > 0 && random.chance(0.3)) await world.drive(passed(world, downMs));
    }
  }
  cluster.faults.clear();
  const rows = await world.drive(settled(world));
  const numbers = rows.map((value) => Number(/\d+/.exec(value ?? '')?.[0]));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, row) => row));
}

/** After late requests have come, and open transactions have timed out. */
async function settled(world: SimulatedPlatform): Promise<readonly (string | null)[]> {
  await passed(world, 600_000);
  return committedValues(world);
}

function passed(world: SimulatedPlatform, ms: number): Promise<void> {
  return new Promise((resolve) => {
    world.timers.after(ms, resolve);
  });
}

function death(world: SimulatedPlatform, random: SeededRandom): Promise<boolean> {
  return new Promise((resolve) => {
    world.timers.after(random.index(2_000), () => {
      resolve(false);
    });
  });
}

function accident(world: SimulatedPlatform, random: SeededRandom): void {
  const { kafkaCluster } = world;
  const node = random.index(3);
  switch (random.index(6)) {
    case 0:
      kafkaCluster.restartBroker(node, random.index(20_000));
      return;
    case 1:
      kafkaCluster.pauseBroker(node, random.index(20_000));
      return;
    case 2:
      kafkaCluster.moveCoordinator(`job-out-${random.index(3)}`);
      return;
    case 3:
      kafkaCluster.moveLeader('out', random.index(PARTITIONS));
      return;
    default:
  }
}

describe('each row once', () => {
  it(
    'over kills at any moment, faults of the network and of brokers, any parallelism',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(), (seed) => runLives(seed, {})),
        { numRuns: runs(20) },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'with markers in a topic, when the offsets of groups have expired meanwhile',
    async () => {
      const { guarantee } = exactlyOnce;
      if (guarantee.kind !== 'exactly-once') throw new Error('it is');
      const keeping = { guarantee: { ...guarantee, markerTopic: 'markers' } };
      await fc.assert(
        fc.asyncProperty(fc.nat(), (seed) => runLives(seed, keeping, 8 * 86_400_000)),
        { numRuns: runs(8) },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'with keys, which choose the partition',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(), (seed) => runLives(seed, withKey)),
        { numRuns: runs(8) },
      );
    },
    TIMEOUT_MS,
  );
});
