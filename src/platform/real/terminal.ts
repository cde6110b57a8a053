/** The terminal, if any, behind the process's standard streams. */
import { isatty } from 'node:tty';
import type { Terminal } from '../terminal.ts';

/** Used where the stream does not tell its width. */
const COLUMNS_DEFAULT = 80;

export const realTerminal: Terminal = {
  get isInputTerminal() {
    // Not process.stdin: touching it opens it.
    return isatty(0);
  },
  get isOutputTerminal() {
    return process.stdout.isTTY === true;
  },
  get isErrorTerminal() {
    return process.stderr.isTTY === true;
  },
  // A terminal that does not know its size says 0.
  errorColumns: () => process.stderr.columns || COLUMNS_DEFAULT,
};
