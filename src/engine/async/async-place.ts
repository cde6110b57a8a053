/** Which node and module, for messages. */
export interface AsyncPlace {
  readonly node: string;
  /** As the pipeline file has it. */
  readonly module: string;
}
