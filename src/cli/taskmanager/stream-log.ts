/**
 * `taskmanager logs` for people and pipes: the log goes to standard output as it comes, in bounded
 * memory. Escape sequences in it come out visible, on a terminal as in a pipe. Following it means
 * to fetch the file again when it has grown, for Flink gives files as a whole only.
 */
import { exitCodes } from '../../errors/exit-codes.ts';
import type { TaskManagerId } from '../../flink/model/identifiers.ts';
import type { View } from '../../output/view.ts';
import type { StopSignal } from '../../platform/signals.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { chooseLog, type ChosenLog, type LogChoice } from './choose-log.ts';
import { openProcess, type FlinkProcess, type ProcessChoice } from './flink-process.ts';
import { logBlocks, LogEnd, visibleLog, type LogBlock } from './log-blocks.ts';
import { logEntries, logLines, tailOfLog } from './log-lines.ts';

export interface LogStreamRequest extends LogChoice {
  readonly owner: ProcessChoice;
  /** Only so many of the last lines; null: all. */
  readonly linesMax: number | null;
  /** Only entries with this text; null: all. */
  readonly grep: string | null;
  readonly follows: boolean;
}

export interface StreamedLog {
  /** Null: of the JobManager. */
  readonly taskManagerId: TaskManagerId | null;
  readonly file: string;
  /** What ended it. */
  readonly end: 'end-of-log' | 'output-closed' | StopSignal;
}

export async function streamLog(
  session: ClusterSession,
  request: LogStreamRequest,
): Promise<StreamedLog> {
  const owner = await openProcess(session, request.owner);
  const chosen = await chooseLog(owner, request);
  const end = request.follows
    ? await new LogFollower(session, owner, chosen).follow(request.linesMax)
    : await streamOnce(session, owner, { chosen, request });
  return { taskManagerId: owner.taskManagerId, file: chosen.title, end };
}

export function streamExitStatus({ end }: StreamedLog): number {
  if (end === 'SIGINT') return exitCodes.interrupted;
  return end === 'SIGTERM' ? exitCodes.terminated : exitCodes.done;
}

/** All was written as it came. */
export function streamedView({ file }: StreamedLog): View {
  return { sections: [], names: [file] };
}

async function streamOnce(
  session: ClusterSession,
  owner: FlinkProcess,
  { chosen, request }: { readonly chosen: ChosenLog; readonly request: LogStreamRequest },
): Promise<StreamedLog['end']> {
  const { linesMax, grep } = request;
  const { chunks } = await owner.log(chosen.log);
  if (linesMax !== null) {
    const { lines } = await tailOfLog(chunks, { linesMax, grep });
    return wroteOrClosed(await write(session, linesText(lines)));
  }
  const texts = grep === null ? blockTexts(chunks) : entryTexts(chunks, grep);
  for await (const text of texts) if (!(await write(session, text))) return 'output-closed';
  return 'end-of-log';
}

async function* blockTexts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const { text } of logBlocks(chunks)) yield text;
}

async function* entryTexts(
  chunks: AsyncIterable<Uint8Array>,
  grep: string,
): AsyncGenerator<string> {
  for await (const entry of logEntries(logLines(chunks))) {
    if (entry.some((line) => line.includes(grep))) yield linesText(entry);
  }
}

/** At first as often as the JobManager keeps a file of a TaskManager (web.refresh-interval). */
const LOOK_EVERY_MS = 3000;
/** A file that takes long to fetch is fetched seldom. */
const PAUSE_PER_FETCH = 4;
/** After so many looks without a change the file is what was fetched last. */
const LOOKS_UNTIL_SETTLED = 2;
/** Of the log before the following begins. */
const LINES_BEFORE = 10;

/** Prints what is added to a log, until a signal comes or nobody reads any more. */
class LogFollower {
  private readonly session: ClusterSession;
  private readonly owner: FlinkProcess;
  private readonly chosen: ChosenLog;
  /** Whole lines of the file that were read. */
  private readBytes = 0;
  private seen = '';
  private looksUnchanged = 0;

  constructor(session: ClusterSession, owner: FlinkProcess, chosen: ChosenLog) {
    this.session = session;
    this.owner = owner;
    this.chosen = chosen;
  }

  async follow(linesMax: number | null): Promise<StreamedLog['end']> {
    const { platform, client } = this.session;
    let unsubscribe = (): void => undefined;
    const stopped = new Promise<StopSignal>((resolve) => {
      unsubscribe = platform.signals.subscribe(resolve);
    });
    try {
      for (let looking = this.begin(linesMax ?? LINES_BEFORE); ; looking = this.look()) {
        const startedAtMs = client.transport.monotonicMs();
        // After a signal nobody waits for it any more.
        looking.catch(() => undefined);
        const looked = await Promise.race([stopped, looking]);
        if (typeof looked === 'string') return looked;
        if (!looked) return 'output-closed';
        const tookMs = client.transport.monotonicMs() - startedAtMs;
        const pause = client.transport.pause(Math.max(LOOK_EVERY_MS, tookMs * PAUSE_PER_FETCH));
        const signal = await Promise.race([stopped, pause]);
        if (typeof signal === 'string') return signal;
        // --timeout is for each look.
        client.transport.restartTotal();
      }
    } finally {
      unsubscribe();
    }
  }

  /** False: nobody reads any more. */
  private async begin(linesMax: number): Promise<boolean> {
    const end = new LogEnd(linesMax);
    await this.readNews((block) => {
      end.add(block);
      return Promise.resolve();
    });
    return write(this.session, end.text());
  }

  /** False: nobody reads any more. */
  private async look(): Promise<boolean> {
    if (await this.isUnchanged()) return true;
    let isOpen = true;
    await this.readNews(async ({ text }) => {
      isOpen &&= await write(this.session, text);
    });
    return isOpen;
  }

  /** Hands on what was added since the last time. A line is held back until it is whole. */
  private async readNews(take: (block: LogBlock) => Promise<void>): Promise<void> {
    const known = this.readBytes;
    const { chunks } = await this.owner.log(this.chosen.log);
    const counter = { bytes: 0 };
    for await (const block of logBlocks(counted(chunks, counter), known)) {
      if (!block.isWhole) continue;
      await take(block);
      this.readBytes += block.byteCount;
    }
    if (counter.bytes >= known) return;
    // Rolled: another file has its name now.
    this.session.status.note(`${this.chosen.title} is shorter than before: it begins anew`);
    this.readBytes = 0;
    await this.readNews(take);
  }

  /** The sizes of the files say it without fetching any. */
  private async isUnchanged(): Promise<boolean> {
    const { log } = this.chosen;
    const files = await this.owner.files();
    const looked = files.filter(({ name }) => log.kind !== 'file' || name === log.name);
    const state = looked.map(({ name, sizeBytes }) => `${sizeBytes} ${name}`).join('\n');
    const isSame = state !== '' && state === this.seen;
    this.looksUnchanged = isSame ? this.looksUnchanged + 1 : 0;
    this.seen = state;
    return this.looksUnchanged >= LOOKS_UNTIL_SETTLED;
  }
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  counter: { bytes: number },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    counter.bytes += chunk.length;
    yield chunk;
  }
}

function write({ world, status }: ClusterSession, text: string): Promise<boolean> {
  if (text === '') return Promise.resolve(true);
  status.clear();
  return world.platform.streams.writeOutput(Buffer.from(visibleLog(text)));
}

function wroteOrClosed(isRead: boolean): StreamedLog['end'] {
  return isRead ? 'end-of-log' : 'output-closed';
}

function linesText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
