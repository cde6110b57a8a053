/** The stream graph: being built. */
export interface StreamGraph {
  readonly name: string;
}
