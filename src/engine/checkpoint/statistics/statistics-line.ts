/**
 * One line of `stats.jsonl`: what a run was configured to do, what it started from, and each
 * checkpoint that has ended. The analysis of checkpoints reads these lines.
 * Invariant: a line that `statisticsLine` has written is read back as it was; a line of another
 * version, cut or changed is told from it. The fields are described in docs/design/015.
 */
import type { CheckpointConfiguration } from '../checkpoint-configuration.ts';
import type { CheckpointStatistics, RestoreStatistics } from './checkpoint-statistics.ts';
import { readCheckpoint, readConfiguration, readRestore } from './read-statistics.ts';
import { StrictFields } from './strict-fields.ts';

/** Raised when a field is added, removed or changes its meaning. */
export const STATISTICS_VERSION = 1;

/** Subtasks of a vertex that a line holds, the slowest ones; bounds its length. */
export const SUBTASKS_PER_VERTEX_MAX = 128;

/** Texts of a line are cut here: an error of the outside world may be of any length. */
export const MESSAGE_LENGTH_MAX = 2_000;

export type StatisticsRecord =
  /** First line of each run. */
  | {
      readonly kind: 'run';
      readonly jobId: string;
      readonly jobName: string;
      readonly startedAtMs: number;
      readonly configuration: CheckpointConfiguration;
    }
  /** An attempt has started from a snapshot. */
  | ({ readonly kind: 'restore' } & RestoreStatistics)
  /** It has become complete or has failed. */
  | ({ readonly kind: 'checkpoint' } & CheckpointStatistics);

/** A line that is none; the last line of a run that was killed may be one. */
export interface MalformedLine {
  readonly kind: 'malformed';
  readonly problem: string;
}

/** Without the line feed. */
export function statisticsLine(record: StatisticsRecord): string {
  return JSON.stringify({ version: STATISTICS_VERSION, ...withinBounds(record) });
}

export function parseStatisticsLine(line: string): StatisticsRecord | MalformedLine {
  const fields = new StrictFields(parseJson(line), 'the line');
  const version = fields.whole('version');
  if (fields.misfit !== null) return malformed(fields.misfit);
  if (version !== STATISTICS_VERSION) {
    return malformed(`its version is ${version}; this drey reads ${STATISTICS_VERSION}`);
  }
  const record = readRecord(fields.oneOf('kind', ['run', 'restore', 'checkpoint']), fields);
  return fields.problem === null ? record : malformed(fields.problem);
}

function readRecord(kind: StatisticsRecord['kind'], fields: StrictFields): StatisticsRecord {
  switch (kind) {
    case 'run':
      return {
        kind,
        jobId: fields.text('jobId'),
        jobName: fields.text('jobName'),
        startedAtMs: fields.whole('startedAtMs'),
        configuration: fields.object('configuration', readConfiguration),
      };
    case 'restore':
      return { kind, ...readRestore(fields) };
    case 'checkpoint':
      return { kind, ...readCheckpoint(fields) };
  }
}

function withinBounds(record: StatisticsRecord): StatisticsRecord {
  if (record.kind !== 'checkpoint') return record;
  const { failureMessage, vertices } = record;
  return {
    ...record,
    failureMessage: failureMessage?.slice(0, MESSAGE_LENGTH_MAX) ?? null,
    vertices: vertices.map((vertex) => {
      if (vertex.subtasks.length <= SUBTASKS_PER_VERTEX_MAX) return vertex;
      const slowest = vertex.subtasks
        .toSorted((one, other) => other.endToEndMs - one.endToEndMs)
        .slice(0, SUBTASKS_PER_VERTEX_MAX);
      return {
        ...vertex,
        subtasks: slowest.toSorted((one, other) => one.index - other.index),
      };
    }),
  };
}

/** Null, which is no record, when it is no JSON. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function malformed(problem: string): MalformedLine {
  return { kind: 'malformed', problem };
}
