/**
 * Which splits may be read in an alignment group: those that are no further ahead of the group than
 * the drift allowed. The members of a group are the sources of one job that name it; each says how
 * far its slowest split has come, and the group is where the slowest of them is.
 * Invariant: the slowest split is never held back, so somebody can always go on.
 */
import { WATERMARK_MAX } from '../batch/batch.ts';

export interface AlignmentSpec {
  readonly group: string;
  /** How far a split may be ahead of the group. */
  readonly maxDriftMs: number;
}

/** A source in a group. */
export interface AlignmentMember {
  /**
   * Lowest watermark of the splits that the group waits for; WATERMARK_MAX: of none, since they
   * have ended or are idle.
   */
  readonly slowestMs: number;
}

/** The members of one group. */
export class AlignmentGroup {
  private readonly members: AlignmentMember[] = [];

  add(member: AlignmentMember): void {
    this.members.push(member);
  }

  /** Where the group is. */
  get slowestMs(): number {
    let slowest = WATERMARK_MAX;
    for (const member of this.members) slowest = Math.min(slowest, member.slowestMs);
    return slowest;
  }
}

/** All groups of a job, by name. */
export class AlignmentGroups {
  private readonly groups = new Map<string, AlignmentGroup>();

  /** The group of this name, made when it is first asked for. */
  group(name: string): AlignmentGroup {
    let group = this.groups.get(name);
    if (group === undefined) this.groups.set(name, (group = new AlignmentGroup()));
    return group;
  }
}

/** Whether a split with this watermark may be read while its group is at `slowestMs`. */
export function mayRead(watermarkMs: number, slowestMs: number, maxDriftMs: number): boolean {
  // Before its first row a split is nowhere; the difference of two infinities is no number.
  return watermarkMs <= slowestMs || watermarkMs - slowestMs <= maxDriftMs;
}
