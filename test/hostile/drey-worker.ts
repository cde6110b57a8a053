/** A process that runs drey commands by the dozen; what they did comes back as plain data. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../e2e/drey-process.ts';

export interface Invocation {
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Both streams look like terminals. */
  readonly isTerminal?: boolean;
}

export interface Outcome {
  /** Null: it threw. */
  readonly exit: number | null;
  readonly output: string;
  readonly error: string;
  readonly elapsedMs: number;
  /** What went past all handling: uncaught errors, rejections, changed prototypes. */
  readonly strays: readonly string[];
}

/** Whatever runs drey. */
export interface DreyRunner {
  readonly run: (invocation: Invocation) => Promise<Outcome>;
  /** What no command could be made out for. */
  readonly strays: readonly string[];
  readonly atOnceMax: number;
}

type Message = Outcome & {
  readonly id?: number;
  readonly ready?: boolean;
  readonly stray?: string;
};

export class DreyWorker implements DreyRunner {
  /** Most of them only wait. */
  readonly atOnceMax = 20;
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (outcome: Outcome) => void>();
  readonly strays: string[] = [];
  private readonly ready: Promise<void>;
  private count = 0;
  private readonly words: Readonly<Record<string, string>>;

  /** `words`: what words such as `{jar}` among the arguments stand for. */
  constructor(
    environment: Readonly<Record<string, string>> = {},
    words: Readonly<Record<string, string>> = {},
  ) {
    this.words = words;
    const { FORCE_COLOR: _force, NO_COLOR: _no, ...own } = process.env;
    this.child = fork(join(import.meta.dirname, 'drey-worker.mjs'), [`${repositoryRoot}/`], {
      cwd: repositoryRoot,
      env: { ...own, ...environment },
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.ready = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('message', (message: Message) => this.take(message, resolve));
      this.child.on('exit', (code) => {
        this.strays.push(`the process that runs drey ended with ${String(code)}`);
        for (const settle of this.waiting.values()) settle(lost);
        this.waiting.clear();
      });
    });
  }

  async run({ argv, environment = {}, isTerminal = false }: Invocation): Promise<Outcome> {
    await this.ready;
    const id = this.count++;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      if (!this.child.connected) return resolve(lost);
      const said = argv.map((word) => this.words[word] ?? word);
      this.child.send({ id, argv: said, environment, isTerminal });
    });
  }

  stop(): void {
    this.child.removeAllListeners('exit');
    if (this.child.connected) this.child.disconnect();
  }

  private take(message: Message, isReady: () => void): void {
    if (message.ready === true) return isReady();
    if (message.stray !== undefined) {
      this.strays.push(message.stray);
      return;
    }
    if (message.id === undefined) return;
    this.waiting.get(message.id)?.(message);
    this.waiting.delete(message.id);
  }
}

const lost: Outcome = {
  exit: null,
  output: '',
  error: '',
  elapsedMs: 0,
  strays: ['the process that runs drey is gone'],
};
