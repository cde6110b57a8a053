import { describe, expect, it } from 'vitest';
import type { JobSnapshot, OperatorState } from '../../../src/engine/checkpoint/job-snapshot.ts';
import { stateSchemasOf } from '../../../src/engine/graph/state-schema-of.ts';
import type { StreamGraph } from '../../../src/engine/graph/stream-graph.ts';
import type { StatePart } from '../../../src/engine/state/state-part.ts';
import { writeProgress } from '../../../src/engine/window/progress.ts';
import { stateOf } from '../../support/operator-state.ts';
import type { RestoredParts } from '../../../src/engine/state/restored-parts.ts';
import { operatorKindOf, RestoredJob } from '../../../src/engine/task/restored-job.ts';
import { toStreamGraph } from '../../../src/pipeline/to-engine/stream-graph.ts';
import { planOf } from '../../pipeline/load-text.ts';

const bytes = new Uint8Array(1);
const inFlight: StatePart = { kind: 'input-channel', input: 0, fromSubtask: 0, bytes };
const keyed: StatePart = { kind: 'key-group', group: 0, bytes };

async function windowsOf(window: string): Promise<StreamGraph> {
  const plan = await planOf(
    `pipeline: { name: job, parallelism: 2 }
sources:
  s:
    connector: datagen
    columns: { id: INT, at: TIMESTAMP_LTZ(3) }
    watermark: { column: at, delay: 0s }
transforms:
  counts: { from: s, window: ${window}, group-by: [id], aggregate: { n: COUNT(*) } }
sinks:
  out: { from: counts, connector: print }
`,
  );
  return toStreamGraph(plan);
}

async function graphOf(select: string): Promise<StreamGraph> {
  const plan = await planOf(
    `pipeline: { name: job, parallelism: 2 }
sources:
  s: { connector: datagen, columns: { id: INT, amount: INT } }
transforms:
  chosen: { from: s, select: { ${select} } }
  counts: { from: chosen, group-by: [id], aggregate: { n: COUNT(*) } }
sinks:
  out: { from: counts, connector: print }
`,
  );
  return toStreamGraph(plan);
}

/** A snapshot of the graph in which `counts` has written these parts. */
function snapshotOf(graph: StreamGraph, parts: readonly StatePart[]): JobSnapshot {
  const schemas = stateSchemasOf(graph);
  const operators = graph.nodes.map((node): OperatorState => ({
    uid: node.uid,
    operatorKind: operatorKindOf(node),
    parallelism: 1,
    maxParallelism: 128,
    stateSchema: schemas.get(node.uid) ?? [],
    subtasks: [{ subtask: 0, isFinished: false, parts: node.uid === 'counts' ? parts : [] }],
  }));
  return {
    kind: 'checkpoint',
    checkpointId: 1,
    jobId: 'a'.repeat(32),
    jobName: 'job',
    triggeredAtMs: 0,
    operators,
  };
}

describe('rows in flight to a node whose input has other columns', () => {
  const restore = async (parts: readonly StatePart[]): Promise<RestoredJob> => {
    const snapshot = snapshotOf(await graphOf('id: id, amount: amount'), parts);
    const options = { snapshot, location: '/chk-1', allowNonRestoredState: true };
    return new RestoredJob(await graphOf('id: id, twice: amount * 2'), options);
  };

  it('are refused', async () => {
    await expect(restore([keyed, inFlight])).rejects.toMatchObject({
      code: 'DREY_RESTORE_MISMATCH',
      message:
        'the state of counts in /chk-1 does not fit counts: rows in flight to input 1 was [id INT, amount INT], is [id INT, twice INT]',
    });
  });

  it('are no matter where there are none', async () => {
    const restored = await restore([keyed]);
    expect(restored.oldStatesOf('counts')).toHaveLength(1);
  });
});

describe('windows that share slices, at another parallelism', () => {
  const progressOf = (judgedMs: number): readonly StatePart[] =>
    stateOf({
      snapshotState: (snapshot) => {
        writeProgress(snapshot, { watermarkMs: 0, judgedMs, lateRecords: 0, timerMs: Infinity });
      },
    });
  const stateAt = async (
    window: string,
    parts: readonly StatePart[],
  ): Promise<RestoredParts | null> => {
    const graph = await windowsOf(window);
    const snapshot = snapshotOf(graph, []);
    const operators = snapshot.operators.map((operator) => ({
      ...operator,
      parallelism: 2,
      subtasks: [progressOf(1_000), [...progressOf(2_000), ...parts]].map((own, subtask) => ({
        subtask,
        isFinished: false,
        parts: operator.uid === 'counts' ? own : [],
      })),
    }));
    const restored = new RestoredJob(graph, {
      snapshot: { ...snapshot, operators },
      location: '/chk-1',
      allowNonRestoredState: false,
    });
    return restored.stateOf('counts', { subtask: 0, parallelism: 3, maxParallelism: 128 });
  };

  it('are refused when subtasks have fired other windows and rows were in flight', async () => {
    await expect(stateAt('{ type: hop, size: 2s, slide: 1s }', [inFlight])).rejects.toMatchObject({
      code: 'DREY_RESTORE_MISMATCH',
      message:
        'the state of counts in /chk-1 holds rows in flight between windows of which its 2 subtasks have not fired the same, and cannot be divided anew for 3',
    });
  });

  it('are restored without rows in flight, as are windows of their own', async () => {
    expect(await stateAt('{ type: hop, size: 2s, slide: 1s }', [])).not.toBeNull();
    expect(await stateAt('{ type: tumble, size: 2s }', [inFlight])).not.toBeNull();
  });
});
