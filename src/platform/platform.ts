/**
 * The door to the world, as one value: what the engine and the workflows get passed in. The real
 * one is made in `real/`, its simulated twin in `simulated/`.
 */
import type { Clock } from './clock.ts';
import type { Commands } from './commands.ts';
import type { Compression } from './compression.ts';
import type { Files } from './files.ts';
import type { Host } from './host.ts';
import type { Http } from './http.ts';
import type { Kafka } from './kafka.ts';
import type { Modules } from './modules.ts';
import type { Random } from './random.ts';
import type { Redis } from './redis.ts';
import type { ScratchFiles } from './scratch-files.ts';
import type { Signals } from './signals.ts';
import type { StandardStreams } from './standard-streams.ts';
import type { Threads } from './threads.ts';
import type { Timers } from './timers.ts';

export interface Platform {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly files: Files;
  readonly scratchFiles: ScratchFiles;
  readonly streams: StandardStreams;
  readonly compression: Compression;
  readonly http: Http;
  readonly kafka: Kafka;
  readonly redis: Redis;
  readonly modules: Modules;
  readonly threads: Threads;
  readonly signals: Signals;
  readonly commands: Commands;
  readonly host: Host;
  /** A snapshot of the environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
}
