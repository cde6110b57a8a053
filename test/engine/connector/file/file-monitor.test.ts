import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failOnDeadRecord } from '../../../../src/engine/connector/dead-record-policy.ts';
import { FileSource } from '../../../../src/engine/connector/file/file-source.ts';
import type { SourceStreamNode } from '../../../../src/engine/graph/stream-graph.ts';
import { NodeCounters } from '../../../../src/engine/operator/node-counters.ts';
import { MAX_PARALLELISM_DEFAULT } from '../../../../src/engine/state/key-groups.ts';
import { RestoredParts } from '../../../../src/engine/state/restored-parts.ts';
import type { SubtaskState } from '../../../../src/engine/state/state-part.ts';
import { Edge, NodeOutputs } from '../../../../src/engine/task/edge.ts';
import { SourceTask } from '../../../../src/engine/task/source-task.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../../src/platform/simulated/simulated-platform.ts';
import { stateOf } from '../../../support/operator-state.ts';
import { runs } from '../../../support/property-runs.ts';
import { testMemory } from '../../../support/test-memory.ts';
import { column } from '../../batch/expressions.ts';
import { context } from '../../batch/scalar-reference.ts';
import { Recorder } from '../../task/scripted-source.ts';
import { createLineDecoder, lineSchema } from '../line-decoder.ts';

const INTERVAL_MS = 1000;

const node: SourceStreamNode = {
  kind: 'source',
  uid: 'events',
  parallelism: 1,
  connector: {
    kind: 'filesystem',
    path: '/in',
    monitorIntervalMs: INTERVAL_MS,
    format: {
      kind: 'json',
      failOnMissingField: false,
      timestampFormat: 'SQL',
      encodeDecimalAsPlainNumber: false,
      ignoreNullFields: false,
    },
  },
  physicalSchema: lineSchema,
  columns: [column(lineSchema, 'text')],
  schema: lineSchema,
  watermark: null,
  onError: 'fail',
  maxRecordBytes: 1000,
  isTable: false,
};

/** All subtasks of a monitored source, and the rows that they have brought. */
class Monitored {
  readonly rows: string[];
  private readonly world: SimulatedPlatform;
  private readonly tasks: SourceTask[] = [];
  private readonly failures: unknown[] = [];

  constructor(world: SimulatedPlatform, rows: string[]) {
    this.world = world;
    this.rows = rows;
  }

  async open(parallelism: number, from: readonly SubtaskState[] | null): Promise<void> {
    for (let subtask = 0; subtask < parallelism; subtask++) {
      const task = this.task();
      const place = { subtask, parallelism, maxParallelism: MAX_PARALLELISM_DEFAULT };
      if (from !== null) task.restoreState(new RestoredParts(from, place));
      await this.world.drive(task.open({ subtask, parallelism }));
      this.tasks.push(task);
    }
  }

  /** Lets so many things happen. */
  async run(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      for (const task of this.tasks) task.step();
      await this.world.scheduler.step();
      if (this.failures.length > 0) throw new AggregateError(this.failures);
    }
  }

  snapshot(): SubtaskState[] {
    return this.tasks.map((task, subtask) => ({ subtask, parts: stateOf(task) }));
  }

  async close(): Promise<void> {
    for (const task of this.tasks) await this.world.drive(task.close());
  }

  private task(): SourceTask {
    const { world } = this;
    const counters = new NodeCounters();
    const outputs = new NodeOutputs(counters);
    const recorder = new Recorder();
    outputs.main.edges.push(new Edge(recorder, 0));
    recorder.events.push = (...events) => this.rows.push(...events);
    const source = new FileSource(
      {
        name: 'events',
        path: '/in',
        schema: lineSchema,
        createDecoder: createLineDecoder,
        maxRecordBytes: 1000,
        memory: testMemory,
        onDeadRecord: failOnDeadRecord,
        blockBytes: 8,
        monitor: { intervalMs: INTERVAL_MS, timers: world.timers },
      },
      world,
    );
    return new SourceTask({
      node,
      source,
      outputs,
      counters,
      context: { evaluation: context, memory: testMemory },
      clock: world.clock,
      deadRecords: [],
      wake: (failure) => {
        if (failure !== null) this.failures.push(failure);
      },
    });
  }
}

async function addFile(world: SimulatedPlatform, name: string, content: string): Promise<void> {
  const file = await world.drive(world.files.openToWrite(`/in/.${name}`));
  await world.drive(file.write(new TextEncoder().encode(content)));
  await world.drive(file.close());
  await world.drive(world.files.rename(`/in/.${name}`, `/in/${name}`));
}

/** Enough for several rounds of looking and for all that was found to be read. */
const MANY_STEPS = 400;

test('each file is read once, whenever it comes, over restores at any parallelism', async () => {
  const lives = fc.array(
    fc.record({
      parallelism: fc.integer({ min: 1, max: 3 }),
      fileRows: fc.array(fc.nat(4), { maxLength: 3 }),
      steps: fc.nat(60),
    }),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(), lives, async (seed, all) => {
      const world = createSimulatedPlatform({ seed, files: { '/in/first': 'first 0\nfirst 1\n' } });
      const rows: string[] = [];
      const expected = ['first 0', 'first 1'];
      let from: SubtaskState[] | null = null;
      let fileCount = 0;
      for (const [life, { parallelism, fileRows, steps }] of all.entries()) {
        const source = new Monitored(world, rows);
        await source.open(parallelism, from);
        await source.run(steps);
        for (const rowCount of fileRows) {
          const name = `file ${fileCount++}`;
          const content = Array.from({ length: rowCount }, (_, row) => `${name} ${row}`);
          await addFile(world, name, content.map((line) => `${line}\n`).join(''));
          expected.push(...content);
        }
        await source.run(life + 1 === all.length ? MANY_STEPS : steps);
        from = source.snapshot();
        await source.close();
      }
      expect(rows.sort()).toEqual(expected.sort());
    }),
    { numRuns: runs(50) },
  );
});

test('a file that was taken away is forgotten, and one that comes under its name is new', async () => {
  const world = createSimulatedPlatform({ seed: 1, files: { '/in/a': 'a\n' } });
  const source = new Monitored(world, []);
  await source.open(1, null);
  await source.run(MANY_STEPS);
  const before = sizeOf(source.snapshot());
  await world.drive(world.files.remove('/in/a'));
  await source.run(MANY_STEPS);
  expect(sizeOf(source.snapshot())).toBeLessThan(before);
  await addFile(world, 'a', 'again\n');
  await source.run(MANY_STEPS);
  await source.close();
  expect(source.rows).toEqual(['a', 'again']);
});

test('a folder that is gone ends the source, as one that was not there', async () => {
  const world = createSimulatedPlatform({ seed: 1, files: { '/in/a': 'a\n' } });
  const source = new Monitored(world, []);
  await source.open(1, null);
  await source.run(MANY_STEPS);
  await world.drive(world.files.remove('/in/a'));
  await world.drive(world.files.remove('/in'));
  await expect(source.run(MANY_STEPS)).rejects.toMatchObject({
    errors: [{ code: 'DREY_FILE_NOT_FOUND' }],
  });
  await source.close();
  await expect(new Monitored(world, []).open(1, null)).rejects.toMatchObject({
    code: 'DREY_FILE_NOT_FOUND',
  });
});

function sizeOf(states: readonly SubtaskState[]): number {
  return states
    .flatMap(({ parts }) => parts)
    .reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0);
}
