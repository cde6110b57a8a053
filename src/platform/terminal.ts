/**
 * Who looks at the process's output: what decides about colours and progress lines. Read when
 * asked, because a terminal changes its width while a job runs.
 */
export interface Terminal {
  /** Somebody can be asked. */
  readonly isInputTerminal: boolean;
  readonly isOutputTerminal: boolean;
  readonly isErrorTerminal: boolean;
  /** Width of the terminal behind standard error in columns; 80 when unknown. */
  errorColumns(): number;
}
