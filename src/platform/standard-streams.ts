/** Standard input, output and error, as bytes. */
export interface StandardStreams {
  /**
   * Reads up to `length` bytes of standard input into `target` at `offset`; 0 at its end. One
   * read at a time.
   */
  readInput(target: Uint8Array, offset: number, length: number): Promise<number>;
  /**
   * Writes all of `content` to standard output; resolves when the reader took it. Resolves to
   * false when the reader has closed the pipe: nobody is interested any more.
   */
  writeOutput(content: Uint8Array): Promise<boolean>;
  /** Writes text to standard error. */
  writeError(text: string): void;
}
