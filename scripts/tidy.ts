/**
 * `node scripts/run.js scripts/tidy.ts`: the rules of docs/design/style.md that the linter cannot
 * express. Prints `file:line rule message` for each violation; exit status 1 when there is one.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { errorCodes } from '../src/errors/codes.ts';
import { checkErrorRegister, ERRORS_PAGE } from './tidy/error-register.ts';
import { checkLayout } from './tidy/layout.ts';
import { checkDependencies, checkLockfile } from './tidy/lockfile.ts';
import { checkPurity } from './tidy/purity.ts';
import { checkText } from './tidy/text-rules.ts';
import { checkThrownErrors } from './tidy/thrown-errors.ts';
import { formatViolation, type SourceText, type Violation } from './tidy/violation.ts';

/** Words that begin like an error code and are none. */
const OTHER_WORDS = new Set([
  'DREY_SEED',
  'DREY_URL',
  'DREY_CONTEXT',
  'DREY_SQL_GATEWAY',
  'DREY_CONFIG',
  'DREY_STATE_DIR',
  'DREY_TOKEN',
  'DREY_TIMEOUT',
  'DREY_PROXY',
  'DREY_BOOTSTRAP_SERVERS',
]);

/** Larger files are data. */
const FILE_BYTES_MAX = 2_000_000;

const files = repositoryFiles();
const violations = checkAll(files);
for (const violation of violations) console.log(formatViolation(violation));
console.log(`${files.length} files, ${violations.length} violations`);
process.exitCode = violations.length > 0 ? 1 : 0;

function checkAll(all: readonly SourceText[]): Violation[] {
  const byPath = new Map(all.map((file) => [file.path, file]));
  const manifest = byPath.get('package.json');
  const lockfile = byPath.get('package-lock.json');
  return [
    ...all.flatMap((file) => [...checkText(file), ...checkPurity(file), ...checkLayout(file)]),
    ...checkThrownErrors(all),
    ...checkErrorRegister({
      registered: Object.keys(errorCodes),
      page: byPath.get(ERRORS_PAGE) ?? null,
      sources: all.filter(
        ({ path }) =>
          path.startsWith('src/') && path.endsWith('.ts') && !path.startsWith('src/errors/codes'),
      ),
      otherWords: OTHER_WORDS,
    }),
    ...(lockfile === undefined ? [] : checkLockfile(lockfile)),
    ...(manifest === undefined
      ? []
      : checkDependencies(manifest, byPath.get('docs/design/003-dependencies.md') ?? null)),
  ];
}

/** What is tracked or would be: ignored files are nobody's business. */
function repositoryFiles(): readonly SourceText[] {
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 64_000_000,
  });
  return listed
    .split('\0')
    .filter((path) => path !== '' && existsSync(path) && isReadableText(path))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

function isReadableText(path: string): boolean {
  const found = statSync(path);
  return found.isFile() && found.size <= FILE_BYTES_MAX && !/\.(?:gz|png|zip|tgz)$/.test(path);
}
