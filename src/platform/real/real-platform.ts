/** The door to the real world, put together. Made once, by the process's entry. */
import type { Platform } from '../platform.ts';
import { realClock } from './clock.ts';
import { realCommands } from './commands.ts';
import { realCompression } from './compression.ts';
import { realFiles } from './files.ts';
import { realHost } from './host.ts';
import { RealHttp } from './http.ts';
import { realKafka } from './kafka/real-kafka.ts';
import { realModules } from './modules.ts';
import { realRandom } from './random.ts';
import { realRedis } from './redis.ts';
import { realScratchFiles } from './scratch-files.ts';
import { realSignals } from './signals.ts';
import { RealStandardStreams } from './standard-streams.ts';
import { realThreads } from './threads.ts';
import { realTimers } from './timers.ts';

export function createRealPlatform(): Platform {
  return {
    clock: realClock,
    timers: realTimers,
    random: realRandom,
    files: realFiles,
    scratchFiles: realScratchFiles,
    streams: new RealStandardStreams(process),
    compression: realCompression,
    http: new RealHttp(),
    kafka: realKafka,
    redis: realRedis,
    modules: realModules,
    threads: realThreads,
    signals: realSignals,
    commands: realCommands,
    host: realHost,
    environment: { ...process.env },
    workingDirectory: process.cwd(),
  };
}
