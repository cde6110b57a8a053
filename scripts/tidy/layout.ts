/** Rules on where files lie and on what no tracked file may hold. */
import { lineAt, type SourceText, type Violation } from './violation.ts';

const NAMELESS_FOLDERS = new Set([
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'misc',
  'shared',
]);
const NAMELESS_FILES = new Set(['types.ts', 'index.ts', 'utils.ts', 'helpers.ts', 'constants.ts']);

/** The rows of the import table; a folder that is not among them has no import rule. */
const SOURCE_FOLDERS = new Set([
  'commands',
  'cli',
  'engine',
  'flink',
  'expression',
  'pipeline',
  'ops',
  'output',
  'errors',
  'document',
  'kafka',
  'place',
  'platform',
]);

/** What only one machine has; written so that this file does not find itself. */
const MACHINE_PATH = /(?<![\w.])\/(?:home\/[a-z]|root\/|Users\/[A-Za-z]|work\/(?:main|shared))/g;
const PRIVATE_REGISTRY =
  /^\s*(?:@[\w-]+:)?registry\s*=|"resolved":\s*"(?!https:\/\/registry\.npmjs\.org\/)/gm;

export function checkLayout(file: SourceText): Violation[] {
  const parts = file.path.split('/');
  const violations: Violation[] = [];
  const report = (rule: string, message: string, position = 0): void => {
    violations.push({ path: file.path, line: lineAt(file.text, position), rule, message });
  };
  const isCode = ['src', 'test', 'scripts', 'bench'].includes(parts[0] ?? '');
  if (isCode) checkNames(parts, report);
  if (file.text === '') report('empty-file', 'a file appears with its first content');
  for (const match of file.text.matchAll(MACHINE_PATH)) {
    report('machine-path', `${match[0]}... is a path of one machine`, match.index);
  }
  for (const match of file.text.matchAll(PRIVATE_REGISTRY)) {
    report('registry-host', 'packages come from the public registry', match.index);
  }
  return violations;
}

function checkNames(
  parts: readonly string[],
  report: (rule: string, message: string) => void,
): void {
  const folders = parts.slice(0, -1);
  const name = parts.at(-1) ?? '';
  const nameless = folders.find((folder) => NAMELESS_FOLDERS.has(folder));
  if (nameless !== undefined) report('nameless-folder', `${nameless} says nothing: use a noun`);
  if (NAMELESS_FILES.has(name)) report('nameless-file', `${name} says nothing: name the concept`);
  if (folders[0] === 'src' && !SOURCE_FOLDERS.has(folders[1] ?? '')) {
    report('unknown-folder', 'src holds only folders that the import table names');
  }
}
