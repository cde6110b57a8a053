/**
 * Other programs, run to their end. No shell: the words are the arguments. A program is named by an
 * absolute path, or looked for in the absolute folders of PATH; what lies in the current folder is
 * never run.
 */
export interface CommandOptions {
  readonly timeoutMs: number;
  /** Of standard output; more is a failure. */
  readonly outputBytesMax: number;
  /** All variables that the program gets. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export type CommandOutcome =
  | { readonly kind: 'ended'; readonly status: number; readonly output: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'too-much-output' }
  /** By a signal, or it could not be started. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface Commands {
  /** `words`: the program and its arguments. Standard error goes to ours. */
  run(words: readonly [string, ...string[]], options: CommandOptions): Promise<CommandOutcome>;
}
