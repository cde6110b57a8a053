/**
 * What src throws is of the DreyError family, so that it has a code, an exit status and a next
 * step. The family is read from the sources: every class that extends a member is one.
 */
import { maskText } from './mask.ts';
import { lineAt, type SourceText, type Violation } from './violation.ts';

/** Thrown to be caught by whoever calls, who makes what the user sees of it. */
const INTERNAL_SIGNALS = new Set([
  'Errno',
  'EvaluationError',
  'KafkaError',
  'Refusal',
  'SyntaxFailure',
  'UnusableAnswer',
]);

const FAMILY_ROOT = 'DreyError';

export function checkThrownErrors(files: readonly SourceText[]): Violation[] {
  const sources = files
    .filter((file) => file.path.startsWith('src/') && file.path.endsWith('.ts'))
    .map((file) => ({ file, code: maskText(file.text).code }));
  const family = familyOf(sources.map(({ code }) => code));
  return sources.flatMap(({ file, code }) =>
    [...code.matchAll(/\bthrow\s+new\s+([\w$.]+)/g)]
      .filter(([, name = '']) => !family.has(name) && !INTERNAL_SIGNALS.has(name))
      .map((match) => ({
        path: file.path,
        line: lineAt(file.text, match.index),
        rule: 'thrown-error',
        message: `${match[1]} has no code: throw a subclass of ${FAMILY_ROOT}`,
      })),
  );
}

function familyOf(codes: readonly string[]): ReadonlySet<string> {
  const family = new Set([FAMILY_ROOT]);
  const classes = codes.flatMap((code) => [
    ...code.matchAll(/\bclass\s+([\w$]+)(?:<[^{]*>)?\s+extends\s+([\w$]+)/g),
  ]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const [, name = '', parent = ''] of classes) if (family.has(parent)) family.add(name);
  }
  return family;
}
