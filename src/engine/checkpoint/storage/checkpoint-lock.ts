/**
 * One run of a pipeline per checkpoint directory. The lock is a folder with a file for each time it
 * was taken, named by a number that only rises; who made the highest holds it. A lock of a process
 * that is gone is taken over at once, one of another machine when its lease has run out.
 * Invariant: two never both hold it: a number is made by one process only, and the two highest
 * files are never removed, so that no look at the folder can miss that somebody came later.
 */
import { join } from 'node:path';
import { DreyError, LockedError } from '../../../errors/drey-error.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { Timer } from '../../../platform/timers.ts';
import { crc32 } from '../../../platform/crc32.ts';
import { createFolderDurably } from './durable-files.ts';
import { decodeHolder, encodeHolder, type LockHolder } from './lock-holder.ts';
import { checkpointFenced, checkpointLocked } from './snapshot-error.ts';
import { hex } from './snapshot-layout.ts';
import { namesIn } from './survey.ts';

/** What a lock needs of the world. */
export type LockPlatform = Pick<Platform, 'files' | 'clock' | 'timers' | 'random' | 'host'>;

/** A run that cannot renew for so long has lost the lock. Source: Flink's heartbeat.timeout, less. */
export const LEASE_MS = 30_000;
const RENEW_MS = 10_000;
/** Longer than a renewal takes to come. */
const CONFIRM_MS = 12_000;
/** Who has made the file of a lock writes what is in it well within this time. */
const HALF_WRITTEN_MS = 1000;
/** How often a number may be taken by others before us. */
const ATTEMPTS_MAX = 5;
/** Files that stay below the highest one. */
const KEPT_BELOW = 1;
const TOKEN_BYTES = 8;
const NAME_CHARACTERS_MAX = 60;

export interface LockOptions {
  readonly platform: LockPlatform;
  /** The checkpoint directory. */
  readonly directory: string;
  readonly jobName: string;
}

export class CheckpointLock {
  private readonly options: LockOptions;
  private readonly folder: string;
  /** The highest one that was made by us; 0: none. */
  private number = 0;
  private isReleased = false;
  private timer: Timer | null = null;
  private renewal: Promise<void> = Promise.resolve();
  private lostListener: (failure: DreyError) => void = () => undefined;

  private constructor(options: LockOptions, folder: string) {
    this.options = options;
    this.folder = folder;
  }

  /** Throws DREY_CHECKPOINT_LOCKED when another run holds it. */
  static async acquire(options: LockOptions): Promise<CheckpointLock> {
    const folder = join(options.directory, lockFolderName(options.jobName));
    await createFolderDurably(options.platform.files, folder);
    const lock = new CheckpointLock(options, folder);
    try {
      await lock.take();
    } catch (error) {
      await lock.release();
      throw error;
    }
    lock.renewLater();
    return lock;
  }

  /** Throws DREY_CHECKPOINT_FENCED when another run has taken over meanwhile. */
  async check(): Promise<void> {
    if ((await this.highest()) > this.number) {
      throw checkpointFenced(this.options.jobName, this.options.directory);
    }
  }

  /**
   * Tells, once, that another run has taken over, when a renewal finds it: a run that slept must end
   * although it completes no checkpoint.
   */
  onLost(listener: (failure: DreyError) => void): void {
    this.lostListener = listener;
  }

  /** Idempotent; never rejects: a lock that cannot be given back runs out. */
  async release(): Promise<void> {
    if (this.isReleased) return;
    this.isReleased = true;
    this.timer?.cancel();
    await this.renewal;
    if (this.number > 0) await this.write('released').catch(() => undefined);
  }

  private async take(): Promise<void> {
    const { jobName, directory } = this.options;
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const highest = await this.highest();
      if (highest > 0) await this.refuseUnlessFree(highest);
      if (!(await this.make(highest + 1))) continue;
      // Somebody slower may have made a number that was removed meanwhile: the highest counts.
      if ((await this.highest()) !== highest + 1) continue;
      await this.removeOld();
      return;
    }
    throw checkpointLocked(jobName, directory, null);
  }

  /** False: another process was faster. */
  private async make(number: number): Promise<boolean> {
    const { files } = this.options.platform;
    try {
      const file = await files.openToWrite(this.pathOf(number), { exclusive: true });
      this.number = number;
      try {
        await file.write(encodeHolder(this.holder('held')));
      } finally {
        await file.close();
      }
      return true;
    } catch (error) {
      if (error instanceof DreyError && error.code === 'DREY_FILE_EXISTS') return false;
      throw error;
    }
  }

  private async refuseUnlessFree(number: number): Promise<void> {
    const { platform, jobName, directory } = this.options;
    let holder = await this.readHolder(number);
    if (holder === null) {
      // Half written: at this moment, or for ever, by a crash.
      await this.pause(HALF_WRITTEN_MS);
      holder = await this.readHolder(number);
    }
    if (holder === null || this.isGone(holder)) return;
    const { renewedAtMs } = holder;
    // A time from the future is no better than an old one: a clock has jumped.
    if (Math.abs(platform.clock.nowMs() - renewedAtMs) > LEASE_MS) {
      // It may have been ours. Who lives renews meanwhile.
      await this.pause(CONFIRM_MS);
      holder = await this.readHolder(number);
      if (holder === null || this.isGone(holder) || holder.renewedAtMs === renewedAtMs) return;
    }
    throw checkpointLocked(jobName, directory, holder);
  }

  private async readHolder(number: number): Promise<LockHolder | null> {
    const { files } = this.options.platform;
    return decodeHolder(await files.readAll(this.pathOf(number), HOLDER_BYTES_MAX));
  }

  private pause(delayMs: number): Promise<void> {
    const { timers } = this.options.platform;
    return new Promise((resolve) => {
      timers.after(delayMs, resolve);
    });
  }

  private isGone(holder: LockHolder): boolean {
    const { host } = this.options.platform;
    if (holder.state === 'released') return true;
    if (holder.host !== host.name) return false;
    // Our own id under another token: an earlier process, as in a container that was restarted.
    if (holder.processId === host.processId) return holder.processToken !== host.processToken;
    return !host.isAlive(holder.processId);
  }

  private renewLater(): void {
    this.timer = this.options.platform.timers.after(
      RENEW_MS,
      () => {
        this.renewal = this.renew();
      },
      { keepAlive: false },
    );
  }

  private async renew(): Promise<void> {
    try {
      await this.check();
      await this.write('held');
    } catch (error) {
      if (error instanceof LockedError) {
        this.lostListener(error);
        return;
      }
      // A renewal that fails is tried again; when all do, the next check says who came.
      if (!(error instanceof DreyError)) throw error;
    }
    if (!this.isReleased) this.renewLater();
  }

  /** Replaces the own file as a whole; a number that was taken over does not count any more. */
  private async write(state: LockHolder['state']): Promise<void> {
    const { files, random } = this.options.platform;
    const newPath = join(this.folder, `new-${hex(random.bytes(TOKEN_BYTES))}`);
    const file = await files.openToWrite(newPath);
    try {
      await file.write(encodeHolder(this.holder(state)));
    } finally {
      await file.close();
    }
    await files.rename(newPath, this.pathOf(this.number));
  }

  private holder(state: LockHolder['state']): LockHolder {
    const { host, clock } = this.options.platform;
    const { name, processId, processToken } = host;
    return { host: name, processId, processToken, renewedAtMs: clock.nowMs(), state };
  }

  private async highest(): Promise<number> {
    const names = await namesIn(this.options.platform.files, this.folder);
    return names.reduce((highest, name) => Math.max(highest, numberOf(name)), 0);
  }

  private async removeOld(): Promise<void> {
    const { files } = this.options.platform;
    for (const name of await namesIn(files, this.folder)) {
      const isOld = numberOf(name) < this.number - KEPT_BELOW;
      // It is only tidying; the next one to come tries again.
      if (isOld) await files.remove(join(this.folder, name)).catch(() => undefined);
    }
  }

  private pathOf(number: number): string {
    return join(this.folder, String(number));
  }
}

const HOLDER_BYTES_MAX = 4096;

/** Of `<number>`; 0 for what is none, such as a renewal that a crash left. */
function numberOf(name: string): number {
  return /^[1-9][0-9]{0,14}$/.test(name) ? Number(name) : 0;
}

/** Readable, and different for different names as far as 32 bits and the characters go. */
export function lockFolderName(jobName: string): string {
  const readable = jobName.replaceAll(/[^A-Za-z0-9_-]/g, '-').slice(0, NAME_CHARACTERS_MAX);
  const checksum = crc32(new TextEncoder().encode(jobName)).toString(16).padStart(8, '0');
  return `.lock-${readable}-${checksum}`;
}
