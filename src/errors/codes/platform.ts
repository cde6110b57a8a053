/** Codes of the outside world: files, network, processes. */
export const platformCodes = {
  DREY_FILE_NOT_FOUND: {
    exit: 3,
    meaning: 'A file that was named does not exist.',
    next: 'Check the path; relative paths in a pipeline file start at the folder of that file.',
  },
  DREY_FILE_UNREADABLE: {
    exit: 3,
    meaning: 'A file exists but cannot be read.',
    next: 'Check that it is a file and that its permissions allow reading.',
  },
} as const;
