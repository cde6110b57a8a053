/** One stream of a node: its rows, or a side stream. */
export interface StreamReference {
  readonly node: string;
  /** `main`, `late`, `dead`, or a side output of a process function. */
  readonly stream: string;
}
