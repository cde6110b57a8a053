/** Rules on one source text: how a module begins, what it throws, what its comments promise. */
import { maskText, type MaskedText } from './mask.ts';
import { lineAt, type SourceText, type Violation } from './violation.ts';

type Rule = (file: SourceText, masked: MaskedText) => Violation[];

export const COMMAND_CLASS_LINES_MAX = 60;

const rules: readonly Rule[] = [
  checkHeader,
  checkPlaceholder,
  checkTodo,
  checkSleep,
  checkCommandClass,
];

export function checkText(file: SourceText): Violation[] {
  if (!/\.(?:ts|js|mjs)$/.test(file.path)) return [];
  const masked = maskText(file.text);
  return rules.flatMap((rule) => rule(file, masked));
}

/** A module says first what it decides. Tests say it by their names, commands by their summary. */
function checkHeader(file: SourceText): Violation[] {
  if (/\.(?:test|config)\.ts$/.test(file.path) || file.path.startsWith('src/commands/')) return [];
  const body = file.text.replace(/^#!.*\n/, '').trimStart();
  if (body.startsWith('/**') || body.startsWith('//')) return [];
  return [violation(file, 0, 'header-comment', 'a module opens with what it decides')];
}

function checkPlaceholder(file: SourceText, masked: MaskedText): Violation[] {
  if (masked.code.trim() !== '') return [];
  return [violation(file, 0, 'empty-module', 'a file appears with its first content')];
}

/** A promise in a comment has the number under which it is kept. */
function checkTodo(file: SourceText, masked: MaskedText): Violation[] {
  return masked.comments.flatMap((comment) =>
    [...comment.text.matchAll(/\b(?:TODO|FIXME|XXX|HACK)\b(?!\s*\(?#\d+)/g)].map((match) =>
      violation(file, comment.start + match.index, 'todo-number', `${match[0]} without a number`),
    ),
  );
}

/** Tests wait for what they need, never for time. */
function checkSleep(file: SourceText, masked: MaskedText): Violation[] {
  if (!file.path.startsWith('test/')) return [];
  const sleeps = masked.code.matchAll(/(?<![\w$.])(?:setTimeout|setInterval|sleep)\s*\(/g);
  const mocks = masked.code.matchAll(/(?<![\w$.])vi\.(?:mock|doMock|useFakeTimers|waitFor)\b/g);
  return [
    ...[...sleeps].map((match) =>
      violation(file, match.index, 'test-sleep', `${match[0]}) waits for time`),
    ),
    ...[...mocks].map((match) =>
      violation(file, match.index, 'test-mock', `${match[0]} hides what is tested`),
    ),
  ];
}

function checkCommandClass(file: SourceText, masked: MaskedText): Violation[] {
  if (!file.path.startsWith('src/commands/')) return [];
  const start = masked.code.search(/\bclass\b/);
  if (start === -1) return [];
  const end = closingBrace(masked.code, masked.code.indexOf('{', start));
  const lines = lineAt(file.text, end) - lineAt(file.text, start) + 1;
  if (lines <= COMMAND_CLASS_LINES_MAX) return [];
  const message = `the class has ${lines} lines, at most ${COMMAND_CLASS_LINES_MAX}`;
  return [violation(file, start, 'thin-command', message)];
}

/** Position of the brace that closes the one at `open`. */
function closingBrace(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === '{') depth++;
    if (code[at] === '}') depth--;
    if (depth === 0) return at;
  }
  return code.length;
}

function violation(file: SourceText, position: number, rule: string, message: string): Violation {
  return { path: file.path, line: lineAt(file.text, position), rule, message };
}
