/** Codes of the command line itself: flags, signals, output streams. */
export const cliCodes = {
  DREY_BUG: {
    exit: 1,
    meaning: 'drey met a state that it should never be in.',
    next: 'Run again with --debug and report the stack trace.',
  },
  DREY_USAGE: {
    exit: 2,
    meaning: 'A flag or argument does not fit the command.',
    next: 'Run the command with --help.',
  },
  DREY_INTERRUPTED: {
    exit: 130,
    meaning: 'The run was stopped by SIGINT (Ctrl-C) after an orderly stop.',
    next: 'Start the command again.',
  },
  DREY_TERMINATED: {
    exit: 143,
    meaning: 'The run was stopped by SIGTERM after an orderly stop.',
    next: 'Start the command again.',
  },
} as const;
