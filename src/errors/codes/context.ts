/** Codes of contexts: which cluster is meant, and with which credentials. */
export const contextCodes = {
  DREY_CONTEXT_FILE: {
    exit: 3,
    meaning: 'The file with the contexts cannot be read as one.',
    next: 'Mend the place that the message names; `DREY_CONFIG` says which file is used.',
  },
  DREY_CONTEXT_UNKNOWN: {
    exit: 3,
    meaning: 'There is no context of this name.',
    next: 'Run `drey context list`.',
  },
  DREY_CONTEXT_EXISTS: {
    exit: 3,
    meaning: 'A context of this name is there already.',
    next: 'Choose another name, or pass --force to replace it.',
  },
  DREY_CONTEXT_READ_ONLY: {
    exit: 5,
    meaning: 'The context is read-only, and the command changes something in the cluster.',
    next: 'Use another context, or set `readOnly: false` in this one.',
  },
  DREY_CREDENTIAL: {
    exit: 3,
    meaning: 'A credential cannot be had: its variable, file or command gives none.',
    next: 'Set what the message names; secrets are read by reference only.',
  },
  DREY_CREDENTIAL_EXPOSED: {
    exit: 3,
    meaning: 'A credential would be readable for others, by its file or on the wire.',
    next: 'Restrict the file (chmod 600), or use https; the message says which.',
  },
} as const;
