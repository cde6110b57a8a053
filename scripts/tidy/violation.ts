/** What a tidy rule looks at and what it reports. */
export interface SourceText {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Violation {
  readonly path: string;
  /** One-based. */
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** The line of a position in a text, one-based. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < position; at = text.indexOf('\n', at + 1)) {
    line++;
  }
  return line;
}

/** As compilers print it, so that editors can jump to it. */
export function formatViolation(violation: Violation): string {
  const { path, line, rule, message } = violation;
  return `${path}:${line} ${rule} ${message}`;
}
