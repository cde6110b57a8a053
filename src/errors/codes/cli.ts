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
  DREY_INIT_EXISTS: {
    exit: 5,
    meaning: 'A file that `drey pipeline init` would write is there already.',
    next: 'Name another folder, or pass --force to replace the files.',
  },
  DREY_PIPELINE_NO_TESTS: {
    exit: 3,
    meaning: 'The pipeline file has no `tests` section, so there is nothing to run.',
    next: 'Add a `tests` section; `drey pipeline init` writes an example of one.',
  },
  DREY_PIPELINE_TEST_FAILED: {
    exit: 8,
    meaning: 'At least one test of the pipeline file gave other rows than it expects.',
    next: 'Compare the rows marked - (expected) and + (came) of each failed test.',
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
