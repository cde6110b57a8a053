/**
 * The register of error codes, the reference page and the code must tell the same: a code is in
 * all three or in none.
 */
import { lineAt, type SourceText, type Violation } from './violation.ts';

const CODE = /\bDREY_[A-Z0-9_]*[A-Z0-9]\b/g;

export interface RegisterInput {
  readonly registered: readonly string[];
  /** docs/reference/errors.md; null when it is missing. */
  readonly page: SourceText | null;
  /** The sources, the register's own files not among them. */
  readonly sources: readonly SourceText[];
  /** Environment variables and the like: words that look like codes. */
  readonly otherWords: ReadonlySet<string>;
}

export const ERRORS_PAGE = 'docs/reference/errors.md';

export function checkErrorRegister(input: RegisterInput): Violation[] {
  const registered = new Set(input.registered);
  const onPage = codesIn(input.page === null ? [] : [input.page]);
  const inSources = codesIn(input.sources);
  const missing = (code: string, message: string): Violation => ({
    path: 'src/errors/codes.ts',
    line: 1,
    rule: 'error-register',
    message: `${code} ${message}`,
  });
  return [
    ...[...registered]
      .filter((code) => !onPage.has(code))
      .map((code) => missing(code, `is not in ${ERRORS_PAGE}`)),
    ...[...registered]
      .filter((code) => !inSources.has(code))
      .map((code) => missing(code, 'is registered and never thrown')),
    ...unregistered(
      [...(input.page === null ? [] : [input.page]), ...input.sources],
      (code) => registered.has(code) || input.otherWords.has(code),
    ),
  ];
}

function unregistered(
  texts: readonly SourceText[],
  isKnown: (code: string) => boolean,
): Violation[] {
  return texts.flatMap((file) =>
    [...file.text.matchAll(CODE)]
      .filter(([code]) => !isKnown(code))
      .map((match) => ({
        path: file.path,
        line: lineAt(file.text, match.index),
        rule: 'error-register',
        message: `${match[0]} is not registered`,
      })),
  );
}

function codesIn(texts: readonly SourceText[]): ReadonlySet<string> {
  return new Set(texts.flatMap((file) => [...file.text.matchAll(CODE)].map(([code]) => code)));
}
