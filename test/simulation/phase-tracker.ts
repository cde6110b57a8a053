/**
 * In which phases of the checkpoint protocol a job is at a moment, told from what the coordinator
 * hears and decides and from what the storage is asked for. Several at once: checkpoints overlap.
 */
import type {
  CoordinatorEffect,
  CoordinatorEvent,
} from '../../src/engine/checkpoint/coordinator-events.ts';

export const phases = [
  'idle',
  'barrier in flight',
  'snapshotting',
  'persisting',
  'persisted, not acknowledged',
  'acknowledged, not committed',
  'committing',
  'restoring',
  'rescaling',
  'closing',
] as const;
export type Phase = (typeof phases)[number];

interface Tracked {
  readonly subtasks: number;
  readonly added: Set<string>;
  readonly acknowledged: Set<string>;
  adding: number;
  /** Nothing comes behind it: the input is at its end, or the job stops with it. */
  readonly isLast: boolean;
  stage: 'writing' | 'completing' | 'committing';
}

export class PhaseTracker {
  private readonly tracked = new Map<number, Tracked>();
  private life: 'restoring' | 'rescaling' | 'running' | 'closing' = 'running';
  private known: ReadonlySet<Phase> | null = null;
  /** Subtasks that have not come to the end of their input. */
  private unfinished = 0;

  /** A process starts, from a snapshot, perhaps one of another parallelism, or without. */
  begin(from: 'nothing' | 'restoring' | 'rescaling'): void {
    this.known = null;
    this.tracked.clear();
    this.life = from === 'nothing' ? 'running' : from;
  }

  /** An attempt ends, or the job. */
  closing(): void {
    this.known = null;
    this.life = 'closing';
  }

  /** A subtask has given the storage a part. */
  adding(checkpointId: number): void {
    this.known = null;
    const tracked = this.tracked.get(checkpointId);
    if (tracked !== undefined) tracked.adding++;
  }

  /** The storage has it. */
  added(checkpointId: number, vertexId: string, subtask: number): void {
    this.known = null;
    const tracked = this.tracked.get(checkpointId);
    if (tracked === undefined) return;
    tracked.adding--;
    tracked.added.add(`${vertexId} ${subtask}`);
  }

  committed(checkpointId: number): void {
    this.known = null;
    if (this.tracked.get(checkpointId)?.isLast === true) this.life = 'closing';
    for (const id of this.tracked.keys()) if (id <= checkpointId) this.tracked.delete(id);
  }

  follow(event: CoordinatorEvent, effects: readonly CoordinatorEffect[]): void {
    this.known = null;
    if (event.kind === 'tasks-running') {
      this.life = 'running';
      this.unfinished = event.subtasks.length;
    }
    if (event.kind === 'subtask-finished') this.unfinished--;
    if (event.kind === 'restarting') {
      this.tracked.clear();
      this.life = 'restoring';
    }
    if (event.kind === 'shutting-down') this.life = 'closing';
    if (event.kind === 'subtask-acknowledged') {
      const { vertexId, subtask } = event.subtask;
      this.tracked.get(event.checkpointId)?.acknowledged.add(`${vertexId} ${subtask}`);
    }
    for (const effect of effects) this.carriedOut(effect);
  }

  private carriedOut(effect: CoordinatorEffect): void {
    if (effect.kind === 'trigger') {
      this.tracked.set(effect.checkpointId, {
        subtasks: effect.subtasks.length,
        added: new Set(),
        acknowledged: new Set(),
        adding: 0,
        isLast: this.unfinished === 0 || effect.stop !== 'none',
        stage: 'writing',
      });
    }
    if (effect.kind === 'abort') this.tracked.delete(effect.checkpointId);
    const tracked = 'checkpointId' in effect ? this.tracked.get(effect.checkpointId) : undefined;
    if (tracked === undefined) return;
    if (effect.kind === 'complete') tracked.stage = 'completing';
    if (effect.kind === 'notify-complete') tracked.stage = 'committing';
  }

  get active(): ReadonlySet<Phase> {
    this.known ??= this.look();
    return this.known;
  }

  private look(): ReadonlySet<Phase> {
    if (this.life !== 'running') return new Set([this.life]);
    if (this.tracked.size === 0) return new Set(['idle']);
    return new Set([...this.tracked.values()].map(phaseOf));
  }
}

function phaseOf({ stage, subtasks, added, acknowledged, adding }: Tracked): Phase {
  if (stage === 'committing') return 'committing';
  if (stage === 'completing') return 'acknowledged, not committed';
  if (added.size === 0 && adding === 0) return 'barrier in flight';
  // A subtask that has nothing to write acknowledges at once.
  const begun = new Set([...added, ...acknowledged]).size;
  if (begun < subtasks) return 'snapshotting';
  return adding > 0 ? 'persisting' : 'persisted, not acknowledged';
}
