/**
 * The failures that a test asks the simulated files for. Every call that reaches the disk counts
 * as one operation, so a loop over `nth` visits each place where input or output can fail.
 */
import { Errno } from './disk.ts';

export type FileOperationKind =
  | 'status'
  | 'open'
  | 'read'
  | 'write'
  | 'sync'
  | 'close'
  | 'list'
  | 'rename'
  | 'remove'
  | 'create-folder'
  | 'sync-folder';

export type FileFault =
  | {
      /** The nth operation (1 is the next one) fails; all later ones too when persistent. */
      readonly kind: 'nth';
      readonly nth: number;
      readonly errno: string;
      readonly isPersistent: boolean;
      /** Counts and fails operations of this kind only. */
      readonly operation?: FileOperationKind;
    }
  | {
      /** The disk takes so many more bytes; the write that crosses it leaves a part behind. */
      readonly kind: 'full';
      readonly afterBytes: number;
    };

export class FileFaults {
  private faults: { readonly fault: FileFault; counted: number }[] = [];
  private operationCount = 0;
  private hitCount = 0;

  /** Operations so far, failed ones included. */
  get operations(): number {
    return this.operationCount;
  }

  /** Failures injected so far. A test that asked for one checks that it happened. */
  get hits(): number {
    return this.hitCount;
  }

  add(fault: FileFault): void {
    this.faults.push({ fault, counted: 0 });
  }

  /** The disk is well again. */
  clear(): void {
    this.faults = [];
  }

  /** Counts one operation; throws Errno when it is to fail. */
  check(operation: FileOperationKind): void {
    this.operationCount++;
    for (const entry of this.faults) {
      const { fault } = entry;
      if (fault.kind !== 'nth') continue;
      if (fault.operation !== undefined && fault.operation !== operation) continue;
      entry.counted++;
      const isHit =
        entry.counted === fault.nth || (fault.isPersistent && entry.counted > fault.nth);
      if (!isHit) continue;
      this.hitCount++;
      throw new Errno(fault.errno);
    }
  }

  /** How many of `byteCount` bytes the disk still takes. */
  takeSpace(byteCount: number): number {
    let taken = byteCount;
    for (const entry of this.faults) {
      if (entry.fault.kind !== 'full') continue;
      taken = Math.min(taken, Math.max(0, entry.fault.afterBytes - entry.counted));
    }
    for (const entry of this.faults) if (entry.fault.kind === 'full') entry.counted += taken;
    if (taken < byteCount) this.hitCount++;
    return taken;
  }
}
