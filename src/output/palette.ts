/**
 * The colours that drey prints with, by meaning. The only importer of chalk. Whether there are
 * colours at all is decided once, by the caller, from what `wantsColour` says.
 */
import { Chalk } from 'chalk';

export interface Palette {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
  readonly good: (text: string) => string;
  readonly name: (text: string) => string;
}

export interface ColourQuestion {
  readonly isTerminal: boolean;
  /** The flag --no-color. */
  readonly noColorFlag: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Colours only on a terminal that can show them, and never against the wish of the user. */
export function wantsColour(question: ColourQuestion): boolean {
  const { environment, isTerminal, noColorFlag } = question;
  if (noColorFlag || (environment['NO_COLOR'] ?? '') !== '') return false;
  return isTerminal && environment['TERM'] !== 'dumb';
}

/** The 16 colours that every terminal has, or none. */
export function createPalette(isColoured: boolean): Palette {
  const chalk = new Chalk({ level: isColoured ? 1 : 0 });
  return {
    strong: chalk.bold,
    faint: chalk.dim,
    bad: chalk.red,
    doubtful: chalk.yellow,
    good: chalk.green,
    name: chalk.cyan,
  };
}
