/** A node that has been planned, with the streams that others can read from it. */
import type { RowField } from '../../expression/type.ts';
import type { Changelog, PlanNode, WindowedRows } from './logical-plan.ts';
import type { StreamReference } from './stream-reference.ts';

export interface StreamColumns {
  readonly columns: readonly RowField[];
  readonly hiddenColumns: readonly string[];
  /** Name of the time attribute; null when there is none. */
  readonly timeColumn: string | null;
  /** As of PlanNode. */
  readonly otherTimeColumns?: readonly string[];
  /** Why there is no time attribute: a sentence for the reader of a finding. */
  readonly noTimeBecause: string;
  /** Null: rows are only appended. */
  readonly changelog: Changelog | null;
  /** Set when the rows are results of windows; absent: they are not. */
  readonly windowed?: WindowedRows | null;
}

export interface PlannedNode {
  readonly node: PlanNode;
  readonly streams: ReadonlyMap<StreamReference['stream'], StreamColumns>;
}

/** What all plan nodes share. */
export interface NodePlace {
  readonly name: string;
  readonly line: number;
  readonly parallelism: number;
}

export function mainStream(node: PlanNode, noTimeBecause: string): StreamColumns {
  const {
    schema,
    hiddenColumns,
    timeColumn,
    otherTimeColumns = [],
    changelog,
    windowed = null,
  } = node;
  return {
    columns: schema,
    hiddenColumns,
    timeColumn,
    otherTimeColumns,
    noTimeBecause,
    changelog,
    windowed,
  };
}
