/** Codes of pipeline files: the document, its fields, its graph and its tests. */
export const pipelineCodes = {
  DREY_PIPELINE_INVALID: {
    exit: 3,
    meaning: 'The pipeline file has errors; each is listed with its position.',
    next: 'Mend the listed places and run `drey pipeline validate FILE`.',
  },
  DREY_YAML_SYNTAX: {
    exit: 3,
    meaning: 'The text is not valid YAML.',
    next: 'Correct the text at the marked place.',
  },
  DREY_YAML_QUOTE: {
    exit: 3,
    meaning: 'YAML reads the value differently from what it was meant as.',
    next: 'Put the whole value in quotes, or use a | block.',
  },
  DREY_YAML_LIMIT: {
    exit: 3,
    meaning: 'The file is larger or more deeply nested than drey reads.',
    next: 'Split the pipeline, or move data out of the file.',
  },
  DREY_YAML_ENCODING: {
    exit: 3,
    meaning: 'The file is not UTF-8 or holds characters that YAML does not allow.',
    next: 'Save the file as UTF-8 without control characters.',
  },
  DREY_YAML_DUPLICATE_KEY: {
    exit: 3,
    meaning: 'A key occurs twice in one map.',
    next: 'Remove or rename one of the two.',
  },
  DREY_YAML_FORBIDDEN: {
    exit: 3,
    meaning:
      'The file uses a part of YAML that pipeline files do without: tags, directives, merge keys, several documents.',
    next: 'Write the value out.',
  },
  DREY_PIPELINE_UNKNOWN_FIELD: {
    exit: 3,
    meaning: 'A field is not known at its place.',
    next: 'Correct its name; docs/reference/pipeline.md lists all fields.',
  },
  DREY_PIPELINE_MISSING_FIELD: {
    exit: 3,
    meaning: 'A required field is missing.',
    next: 'Add the field.',
  },
  DREY_PIPELINE_VALUE: {
    exit: 3,
    meaning: 'The value of a field does not fit its type or range.',
    next: 'Correct the value as the message says.',
  },
  DREY_PIPELINE_NAME: {
    exit: 3,
    meaning: 'A node or column has a name that cannot be used.',
    next: 'Rename it.',
  },
  DREY_PIPELINE_CONFLICT: {
    exit: 3,
    meaning: 'Two fields contradict each other.',
    next: 'Remove one of them.',
  },
  DREY_PIPELINE_NOT_SUPPORTED: {
    exit: 3,
    meaning:
      'The field, connector or value is part of the pipeline format, but this version of drey cannot run it yet.',
    next: 'Leave it out, or use a version that supports it.',
  },
  DREY_PIPELINE_VARIABLE: {
    exit: 3,
    meaning: 'A ${...} in a value cannot be replaced.',
    next: 'Pass it with --param NAME=value, set it in the environment, or give it a default as ${NAME:-value}.',
  },
  DREY_PIPELINE_CONFIGURATION_KEY: {
    exit: 3,
    meaning: 'A key under pipeline.config is no Flink configuration key.',
    next: 'Correct the key.',
  },
  DREY_PIPELINE_CONFIGURATION_VALUE: {
    exit: 3,
    meaning: 'The value of a Flink configuration key does not fit its type.',
    next: 'Correct the value as the message says.',
  },
  DREY_PIPELINE_UNKNOWN_NODE: {
    exit: 3,
    meaning: 'A node refers to a source, transform or side stream that does not exist.',
    next: 'Correct the name.',
  },
  DREY_PIPELINE_CYCLE: {
    exit: 3,
    meaning: 'Nodes read from each other in a circle.',
    next: 'Let one of them read from a source.',
  },
  DREY_PIPELINE_UNUSED_NODE: {
    exit: 3,
    meaning: 'Nothing reads the rows of a node.',
    next: 'Read it in a transform or sink, or remove it.',
  },
  DREY_PIPELINE_COLUMN: {
    exit: 3,
    meaning: 'A column is missing, occurs twice, or has a reserved name.',
    next: 'Correct the column at the marked place.',
  },
  DREY_PIPELINE_TYPE: {
    exit: 3,
    meaning: 'The type of a column or expression does not fit its use.',
    next: 'Change the type, or CAST the value.',
  },
  DREY_PIPELINE_TIME_ATTRIBUTE: {
    exit: 3,
    meaning: 'A window has no usable time attribute.',
    next: 'Declare a watermark on the source and pass its column through unchanged.',
  },
  DREY_PIPELINE_DYNAMIC_BOUNDED: {
    exit: 3,
    meaning:
      'A source that ends has a dynamic watermark: which rows are late would depend on when they are read.',
    next: 'Use a delay that does not change, or pass --allow-dynamic-bounded.',
  },
  DREY_PIPELINE_ALIGNMENT: {
    exit: 3,
    meaning: 'A source that cannot wait for others is in an alignment group.',
    next: 'Remove the alignment from this source.',
  },
  DREY_PIPELINE_CHANGELOG: {
    exit: 3,
    meaning: 'A node that only takes new rows reads a stream of updates and deletes.',
    next: 'Read a stream that only appends, or use a node that takes updates.',
  },
  DREY_PIPELINE_TIES: {
    exit: 3,
    meaning:
      'Rows of a top-n may be equal in its order; then the earlier to arrive comes first, which may be another one in each run.',
    next: 'Add columns to order-by until no two rows are equal, or take it as it is: this is a warning.',
  },
  DREY_PIPELINE_STATE_TTL: {
    exit: 3,
    meaning: 'State would be forgotten while it is still needed.',
    next: 'Make state-ttl longer, as the message says.',
  },
  DREY_PIPELINE_UNBOUNDED_STATE: {
    exit: 3,
    meaning:
      'A node keeps state for ever over rows that never end: a warning, an error with --strict.',
    next: 'Set state-ttl on the node; 0s says that the state is to be kept.',
  },
  DREY_PIPELINE_TEST: {
    exit: 3,
    meaning:
      'A test of the pipeline file refers to something that does not exist or cannot be done.',
    next: 'Correct the test step.',
  },
} as const;
