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
  stage: 'writing' | 'completing' | 'committing';
}

export class PhaseTracker {
  private readonly tracked = new Map<number, Tracked>();
  private life: 'restoring' | 'rescaling' | 'running' | 'closing' = 'running';
  private known: ReadonlySet<Phase> | null = null;

  /** A process starts, from a snapshot, perhaps one of another parallelism, or without. */
  begin(from: 'nothing' | 'restoring' | 'rescaling'): void {
    this.known = null;
    this.tracked.clear();
    this.life = from === 'nothing' ? 'running' : from;
  }

  closing(): void {
    this.known = null;
    this.life = 'closing';
  }

  adding(checkpointId: number, vertexId: string, subtask: number): void {
    this.known = null;
    const tracked = this.tracked.get(checkpointId);
    if (tracked === undefined) return;
    tracked.added.add(`${vertexId} ${subtask}`);
    tracked.adding++;
  }

  added(checkpointId: number): void {
    this.known = null;
    const tracked = this.tracked.get(checkpointId);
    if (tracked !== undefined) tracked.adding--;
  }

  committed(checkpointId: number): void {
    this.known = null;
    for (const id of this.tracked.keys()) if (id <= checkpointId) this.tracked.delete(id);
  }

  follow(event: CoordinatorEvent, effects: readonly CoordinatorEffect[]): void {
    this.known = null;
    if (event.kind === 'tasks-running') this.life = 'running';
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
  if (added.size === 0) return 'barrier in flight';
  // A subtask that has nothing to write acknowledges at once.
  const begun = new Set([...added, ...acknowledged]).size;
  if (begun < subtasks) return 'snapshotting';
  return adding > 0 ? 'persisting' : 'persisted, not acknowledged';
}
