/**
 * The simulated twin of the door: virtual clock, seeded random numbers, files with the semantics
 * of fsync, and one scheduler that everything waits on. Equal options give equal runs.
 *
 * A test starts its work, then lets time pass: `await world.drive(promise)` or
 * `await world.runUntilIdle()`; without that nothing ever completes. `crash` kills the process and
 * gives the platform of the one that starts after it, on what is left of the disk.
 */
import type { Platform } from '../platform.ts';
import { SimulatedClock, WALL_CLOCK_START_MS } from './clock.ts';
import { SimulatedCommands, type SimulatedProgram } from './commands.ts';
import { simulatedCompression } from './compression.ts';
import { crashedImage, crashModes, type CrashMode } from './crash.ts';
import { SimulatedDisk } from './disk.ts';
import { FileFaults } from './file-faults.ts';
import { SimulatedFiles } from './files.ts';
import { SimulatedHost } from './host.ts';
import { SimulatedHttp, type HttpResponder } from './http.ts';
import { SimulatedCluster, type SimulatedClusterOptions } from './kafka/cluster.ts';
import { SimulatedKafka } from './kafka/simulated-kafka.ts';
import { SimulatedModules } from './modules.ts';
import { SeededRandom } from './random.ts';
import { SimulatedRedis } from './redis.ts';
import { SimulatedRedisServer } from './redis-server.ts';
import { Scheduler, type SchedulingPolicy } from './scheduler.ts';
import { SimulatedScratchFiles } from './scratch-files.ts';
import { SimulatedSignals } from './signals.ts';
import { SimulatedStreams, type SimulatedStreamsOptions } from './standard-streams.ts';
import { SimulatedThreads, type ThreadEntries } from './threads.ts';
import { SimulatedTimers } from './timers.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Uniform by default. */
  readonly policy?: SchedulingPolicy;
  readonly wallStartMs?: number;
  /** How many processes ran before on this disk; 0 by default. None of them is alive. */
  readonly processesBefore?: number;
  /** By path; folders are made. All durable from the start. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  /** 2 by default; 0 makes all file calls take no time. */
  readonly fileLatencyMsMax?: number;
  readonly streams?: SimulatedStreamsOptions;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** `/work` by default. */
  readonly workingDirectory?: string;
  /** By default the name of no host can be resolved. */
  readonly http?: HttpResponder;
  /** By default there is no broker. */
  readonly kafka?: SimulatedClusterOptions;
  readonly threadEntries?: ThreadEntries;
  /** Default exports of modules by absolute path; by default there are none. */
  readonly modules?: Readonly<Record<string, unknown>>;
  /** By default no program is found. */
  readonly program?: SimulatedProgram;
}

/** What stays when a process dies. */
interface World {
  readonly options: SimulationOptions;
  readonly scheduler: Scheduler;
  readonly clock: SimulatedClock;
  readonly disk: SimulatedDisk;
  readonly faults: FileFaults;
  readonly redisServer: SimulatedRedisServer;
  readonly crashRandom: SeededRandom;
  readonly kafkaCluster: SimulatedCluster;
  /** Started so far. */
  processCount: number;
  /** Ids of the processes that run. */
  readonly aliveProcesses: Set<number>;
}

const FILE_LATENCY_MS_MAX = 2;

export class SimulatedPlatform implements Platform {
  readonly clock: SimulatedClock;
  readonly timers: SimulatedTimers;
  readonly random: SeededRandom;
  readonly files: SimulatedFiles;
  readonly scratchFiles: SimulatedScratchFiles;
  readonly streams: SimulatedStreams;
  readonly compression = simulatedCompression;
  readonly http: SimulatedHttp;
  readonly kafka: SimulatedKafka;
  readonly redis: SimulatedRedis;
  /** For faults, and for looking at what it holds. */
  readonly redisServer: SimulatedRedisServer;
  readonly modules: SimulatedModules;
  readonly threads: SimulatedThreads;
  readonly signals = new SimulatedSignals();
  readonly commands: SimulatedCommands;
  readonly host: SimulatedHost;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** For a test's own events, and for traces. */
  readonly scheduler: Scheduler;
  /** For looking at the disk without a delay. */
  readonly disk: SimulatedDisk;
  readonly fileFaults: FileFaults;
  /** For looking at the brokers, and for what happens to them. */
  readonly kafkaCluster: SimulatedCluster;
  private readonly world: World;

  constructor(world: World) {
    const { options, scheduler, clock, disk, faults } = world;
    const random = (label: string): SeededRandom =>
      new SeededRandom(options.seed, `${label} ${world.processCount}`);
    this.world = world;
    this.clock = clock;
    this.scheduler = scheduler;
    this.disk = disk;
    this.fileFaults = faults;
    this.timers = new SimulatedTimers(scheduler);
    this.random = random('program');
    this.workingDirectory = options.workingDirectory ?? '/work';
    this.environment = { ...options.environment };
    this.streams = new SimulatedStreams(scheduler, options.streams);
    this.threads = new SimulatedThreads(scheduler, options.threadEntries ?? new Map());
    this.modules = new SimulatedModules(options.modules ?? {});
    this.commands = new SimulatedCommands(options.program);
    this.host = new SimulatedHost(world.processCount, world.aliveProcesses);
    world.aliveProcesses.add(this.host.processId);
    const respond = options.http ?? (() => ({ unreachable: 'unknown-host' }) as const);
    this.http = new SimulatedHttp(scheduler, random('http'), respond);
    this.kafkaCluster = world.kafkaCluster;
    this.kafka = new SimulatedKafka(scheduler, random('kafka client'), world.kafkaCluster);
    this.redisServer = world.redisServer;
    this.redis = new SimulatedRedis(scheduler, random('redis'), this.redisServer);
    this.scratchFiles = new SimulatedScratchFiles(faults);
    this.files = new SimulatedFiles({
      disk,
      scheduler,
      clock,
      random: random('files'),
      faults,
      workingDirectory: this.workingDirectory,
      latencyMsMax: options.fileLatencyMsMax ?? FILE_LATENCY_MS_MAX,
    });
  }

  /** Steps until the promise settles; see Scheduler.drive. */
  drive<T>(promise: Promise<T>, stepsMax?: number): Promise<T> {
    return this.scheduler.drive(promise, stepsMax);
  }

  /** Steps until nothing keeps the world alive; see Scheduler.runUntilIdle. */
  runUntilIdle(stepsMax?: number): Promise<void> {
    return this.scheduler.runUntilIdle(stepsMax);
  }

  /**
   * The process dies at once, and with it all that it waited for: its promises never settle. The
   * answer is the platform of the next process, on what the crash left of the disk. `any` draws
   * the mode by seed.
   */
  crash(mode: CrashMode | 'any'): SimulatedPlatform {
    const { world } = this;
    this.files.kill();
    this.kafka.kill();
    world.scheduler.clear();
    const drawn = crashModes[world.crashRandom.index(crashModes.length)] ?? 'lose-unsynced';
    const left = crashedImage(mode === 'any' ? drawn : mode, {
      durable: world.disk.durableImage(),
      pending: world.disk.pendingOperations,
      random: world.crashRandom,
    });
    world.disk.restart(left);
    world.processCount++;
    world.aliveProcesses.clear();
    return new SimulatedPlatform(world);
  }

  /**
   * One more process, beside this one: same machine, disk and time, other random numbers. A crash
   * of any of them takes all, as it is the machine that loses its power.
   */
  startAnother(): SimulatedPlatform {
    this.world.processCount++;
    return new SimulatedPlatform(this.world);
  }

  /** This process is killed (`kill -9`); the machine goes on, and with it what was written. */
  kill(): void {
    this.files.kill();
    this.kafka.kill();
    this.world.aliveProcesses.delete(this.host.processId);
  }
}

export function createSimulatedPlatform(options: SimulationOptions): SimulatedPlatform {
  const scheduler = new Scheduler(new SeededRandom(options.seed, 'scheduler'), options.policy);
  const wallStartMs = options.wallStartMs ?? WALL_CLOCK_START_MS;
  const clock = new SimulatedClock(scheduler, wallStartMs);
  const { seed, kafka = { brokerCount: 0 } } = options;
  return new SimulatedPlatform({
    options,
    scheduler,
    clock,
    disk: filledDisk(options, clock.nowMs()),
    faults: new FileFaults(),
    redisServer: new SimulatedRedisServer(() => clock.nowMs()),
    crashRandom: new SeededRandom(options.seed, 'crash'),
    kafkaCluster: new SimulatedCluster(scheduler, { seed, wallStartMs }, kafka),
    processCount: options.processesBefore ?? 0,
    aliveProcesses: new Set(),
  });
}

function filledDisk(options: SimulationOptions, nowMs: number): SimulatedDisk {
  const disk = new SimulatedDisk();
  const folder = options.workingDirectory ?? '/work';
  disk.createFolder(folder);
  for (const [name, content] of Object.entries(options.files ?? {})) {
    const path = name.startsWith('/') ? name : `${folder}/${name}`;
    disk.createFolder(path.slice(0, path.lastIndexOf('/')));
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    disk.write(disk.openToWrite(path, false, nowMs), 0, bytes, nowMs);
  }
  disk.syncAll();
  return disk;
}
