/**
 * What a job starts from, matched with its graph: which operator gets which state of the snapshot.
 * State that no operator takes, or that does not fit the one that would take it, is refused, naming
 * the operator; operators without state start empty.
 */
import { RefusedError } from '../../errors/drey-error.ts';
import { isTimeState } from '../channel/time-state.ts';
import type { JobSnapshot, OperatorState } from '../checkpoint/job-snapshot.ts';
import { stateSchemasOf } from '../graph/state-schema-of.ts';
import { inputsOf } from '../graph/job-graph.ts';
import type { StreamGraph, StreamNode } from '../graph/stream-graph.ts';
import { NODE_COUNTERS } from '../operator/node-counters.ts';
import { RestoredParts } from '../state/restored-parts.ts';
import type { StatePart, SubtaskState } from '../state/state-part.ts';
import {
  inFlightTrait,
  isInFlightTrait,
  stateDifference,
  type StateSchema,
} from '../state/state-schema.ts';
import { hasComeApart } from '../window/progress.ts';

export interface RestoreOptions {
  readonly snapshot: JobSnapshot;
  /** Absolute path of its folder. */
  readonly location: string;
  /** State that no operator takes is left out. */
  readonly allowNonRestoredState: boolean;
}

interface Place {
  readonly subtask: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
}

/** What an operator is: state of another kind does not fit. */
export function operatorKindOf(node: StreamNode): string {
  return node.kind === 'operator' ? node.spec.kind : node.kind;
}

export class RestoredJob {
  readonly checkpointId: number;
  private readonly location: string;
  private readonly states = new Map<string, OperatorState>();
  private readonly ended: ReadonlySet<string>;
  /** Nodes whose windows share slices, so that what has fired cannot be told from them. */
  private readonly sliced: ReadonlySet<string>;

  /** Throws RefusedErrors when the snapshot does not fit the graph. */
  constructor(graph: StreamGraph, options: RestoreOptions) {
    const { snapshot, location, allowNonRestoredState } = options;
    this.checkpointId = snapshot.checkpointId;
    this.location = location;
    const nodes = new Map(graph.nodes.map((node) => [node.uid, node]));
    this.sliced = new Set(graph.nodes.filter(sharesSlices).map(({ uid }) => uid));
    const schemas = stateSchemasOf(graph);
    const old = new Set(snapshot.operators.map(({ uid }) => uid));
    const added = graph.nodes.filter(({ uid }) => !old.has(uid));
    for (const state of snapshot.operators) {
      const node = nodes.get(state.uid);
      if (node !== undefined) {
        this.match(node, state, schemas.get(node.uid) ?? []);
      } else if (!allowNonRestoredState && hasParts(state)) {
        throw this.leftOver(state, added);
      }
    }
    this.ended = this.endedNodes(graph);
  }

  /** No row comes to the node any more: it had come to its end, and nothing new is before it. */
  hasEnded(uid: string): boolean {
    return this.ended.has(uid);
  }

  /** Null: the operator starts empty. */
  stateOf(uid: string, place: Place): RestoredParts | null {
    const state = this.states.get(uid);
    if (state === undefined) return null;
    const { subtask, parallelism, maxParallelism } = place;
    if (maxParallelism !== state.maxParallelism && hasKeyGroups(state)) {
      throw this.refused(
        state,
        `was taken with ${state.maxParallelism} key groups, the pipeline has ${maxParallelism}`,
        `Set pipeline.max-parallelism to ${state.maxParallelism}.`,
      );
    }
    if (parallelism !== state.parallelism && hasPart(state, ({ kind }) => kind === 'subtask')) {
      throw this.refused(
        state,
        `was taken at parallelism ${state.parallelism} and cannot be divided anew for ${parallelism}`,
        `Run with parallelism ${state.parallelism}, or start without the snapshot.`,
      );
    }
    const parts = new RestoredParts(state.subtasks, { subtask, parallelism, maxParallelism });
    if (this.sliced.has(uid) && hasComeApart(parts)) {
      throw this.refused(
        state,
        `holds rows in flight between windows of which its ${state.parallelism} subtasks have not fired the same, and cannot be divided anew for ${parallelism}`,
        `Run with parallelism ${state.parallelism}, and change it with a savepoint, which holds no rows in flight.`,
      );
    }
    return parts;
  }

  /** What all subtasks of an operator had written. */
  oldStatesOf(uid: string): readonly SubtaskState[] {
    return this.states.get(uid)?.subtasks ?? [];
  }

  private endedNodes({ nodes }: StreamGraph): ReadonlySet<string> {
    const ended = new Set<string>();
    // Inputs are nodes that stand before.
    for (const node of nodes) {
      const subtasks = this.states.get(node.uid)?.subtasks ?? [];
      const wasAtEnd = subtasks.length > 0 && subtasks.every(({ isFinished }) => isFinished);
      if (wasAtEnd && inputsOf(node).every((input) => ended.has(input.node))) ended.add(node.uid);
    }
    return ended;
  }

  private match(node: StreamNode, state: OperatorState, schema: StateSchema): void {
    const kind = operatorKindOf(node);
    if (kind !== state.operatorKind && hasParts(state)) {
      throw this.refused(
        state,
        `is that of ${withArticle(state.operatorKind)}, but ${node.uid} is ${withArticle(kind)} now`,
        'Give the changed node another name and pass --allow-non-restored-state, or start without the snapshot.',
      );
    }
    if (kind !== state.operatorKind) return;
    const difference = stateDifference(writtenTraits(state), schema);
    if (difference !== null) {
      throw this.refused(
        state,
        `does not fit ${node.uid}: ${difference}`,
        'Undo the change, or give the changed node another name and pass --allow-non-restored-state, or start without the snapshot.',
      );
    }
    this.states.set(node.uid, state);
  }

  /** `added`: nodes that the snapshot does not know. */
  private leftOver(state: OperatorState, added: readonly StreamNode[]): RefusedError {
    const alike = added.filter((node) => operatorKindOf(node) === state.operatorKind);
    if (alike.length !== 1) {
      return this.refused(
        state,
        'belongs to no node of the pipeline',
        'Give a node its old name back, or pass --allow-non-restored-state to leave the state out.',
      );
    }
    const { uid } = alike[0]!;
    return this.refused(
      state,
      `belongs to no node of the pipeline, which has a new ${state.operatorKind} ${uid}: it looks renamed`,
      `Give ${uid} its old name ${state.uid} back, or pass --allow-non-restored-state to start ${uid} empty.`,
    );
  }

  private refused(state: OperatorState, what: string, hint: string): RefusedError {
    const { uid, operatorKind, parallelism } = state;
    return new RefusedError(
      'DREY_RESTORE_MISMATCH',
      `the state of ${uid} in ${this.location} ${what}`,
      { hint, details: { operator: uid, operatorKind, parallelism, snapshot: this.location } },
    );
  }
}

function sharesSlices(node: StreamNode): boolean {
  if (node.kind !== 'operator' || node.spec.kind !== 'window-aggregate') return false;
  return node.spec.window.window.kind !== 'tumble';
}

/** It is more than what may be restored without its operator and lose nothing. */
function hasParts(state: OperatorState): boolean {
  return hasPart(state, isOwn);
}

function isOwn(part: StatePart): boolean {
  return !isTimeState(part) && !(part.kind === 'list' && part.name === NODE_COUNTERS);
}

function withArticle(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

/** The traits that matter for what is there. */
function writtenTraits(state: OperatorState): StateSchema {
  const inputs = new Set<string>();
  let hasOwn = false;
  for (const part of state.subtasks.flatMap(({ parts }) => parts)) {
    if (part.kind === 'input-channel') inputs.add(inFlightTrait(part.input));
    else hasOwn ||= isOwn(part);
  }
  return state.stateSchema.filter(({ name }) =>
    isInFlightTrait(name) ? inputs.has(name) : hasOwn,
  );
}

function hasKeyGroups(state: OperatorState): boolean {
  return hasPart(
    state,
    ({ kind }) => kind === 'key-group' || kind === 'piece' || kind === 'input-channel',
  );
}

function hasPart(state: OperatorState, is: (part: StatePart) => boolean): boolean {
  return state.subtasks.some(({ parts }) => parts.some(is));
}
