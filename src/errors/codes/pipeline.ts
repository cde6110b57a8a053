/** Codes of pipeline files: the document, its fields, its graph and its tests. */
export const pipelineCodes = {
  DREY_PIPELINE_INVALID: {
    exit: 3,
    meaning: 'The pipeline file has errors; each is listed with its position.',
    next: 'Mend the listed places and run `drey pipeline validate FILE`.',
  },
} as const;
