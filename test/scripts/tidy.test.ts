import { describe, expect, it } from 'vitest';
import { checkErrorRegister } from '../../scripts/tidy/error-register.ts';
import { checkLayout } from '../../scripts/tidy/layout.ts';
import { checkDependencies, checkLockfile } from '../../scripts/tidy/lockfile.ts';
import { maskText } from '../../scripts/tidy/mask.ts';
import { checkPurity } from '../../scripts/tidy/purity.ts';
import { checkText } from '../../scripts/tidy/text-rules.ts';
import { checkThrownErrors } from '../../scripts/tidy/thrown-errors.ts';
import { formatViolation, type Violation } from '../../scripts/tidy/violation.ts';

/** Rule and line of each violation. */
const found = (violations: readonly Violation[]): string[] =>
  violations.map(({ rule, line }) => `${rule}:${line}`);

const HEADER = '/** Says what it decides. */\n';

describe('purity', () => {
  const check = (path: string, text: string): string[] => found(checkPurity({ path, text }));

  it.each([
    'Date.now()',
    'new Date()',
    'new Date( )',
    'Date()',
    'performance.now()',
    'setTimeout(f, 1)',
    'setInterval(f, 1)',
    'setImmediate(f)',
    'Math.random()',
    'crypto.randomUUID()',
    'crypto.getRandomValues(a)',
    'process.exit(1)',
    'process.nextTick(f)',
    'const { env } = process;',
    'globalThis.x',
    'fetch("http://x")',
  ])('%s belongs to platform', (code) => {
    for (const path of ['src/cli/a.ts', 'src/engine/a.ts', 'src/commands/a.ts']) {
      expect(check(path, `${HEADER}${code};\n`)).toEqual(['impure-global:2']);
    }
    expect(check('src/platform/real/a.ts', code)).toEqual([]);
    expect(check('test/a.test.ts', code)).toEqual([]);
  });

  it.each(['node:fs', 'node:fs/promises', 'node:net', 'node:os', 'node:zlib', 'node:crypto'])(
    'importing %s belongs to platform, in every form',
    (module) => {
      for (const form of [
        `import * as x from '${module}';`,
        `import { a,\n b } from "${module}";`,
        `import '${module}';`,
        `export { a } from '${module}';`,
        `const x = await import('${module}');`,
      ]) {
        expect(check('src/cli/a.ts', form)).toEqual(['impure-import:1']);
      }
      expect(check('src/platform/real/a.ts', `import * as x from '${module}';`)).toEqual([]);
    },
  );

  it('digests may be computed by the one function that hashes', () => {
    const text = "import { createHash } from 'node:crypto';";
    expect(check('src/expression/function/hash.ts', text)).toEqual([]);
    expect(check('src/expression/function/text.ts', text)).toEqual(['impure-import:1']);
    const more = "import { createHash, randomBytes } from 'node:crypto';";
    expect(check('src/expression/function/hash.ts', more)).toEqual(['impure-import:1']);
  });

  it('pure code that looks alike is left alone', () => {
    const text = `
      import { join } from 'node:path';
      // Date.now() in a comment, import 'node:fs' too
      const words = 'process.memory.size: setTimeout(1) import "node:fs"';
      const pattern = /process.exit(1)/;
      const at = new Date(rowTimeMs);
      interface Job { process: string; performance: number }
      this.clock.setTimeout(1);
      const template = \`Date.now() \${clock.nowMs()} process.exit()\`;
      declare function process(batch: Batch): void;
      randomBytes(3);
    `;
    expect(check('src/engine/a.ts', text)).toEqual([]);
  });

  it('code inside a template is code', () => {
    expect(check('src/cli/a.ts', 'const a = `x ${`y ${Date.now()}`} z`;')).toEqual([
      'impure-global:1',
    ]);
  });

  it.each([
    'new WeakRef(a)',
    'new FinalizationRegistry(f)',
    'Promise.race([a, b])',
    'a.localeCompare(b)',
    'a.toLocaleString()',
    'date.getHours()',
    'new SharedArrayBuffer(8)',
  ])('%s has no place in the engine', (code) => {
    expect(check('src/engine/state/a.ts', code)).toEqual(['impure-global:1']);
    expect(check('src/expression/a.ts', code)).toEqual(['impure-global:1']);
    expect(check('src/output/a.ts', code)).toEqual([]);
  });
});

describe('text rules', () => {
  const check = (path: string, text: string): string[] => found(checkText({ path, text }));

  it('a module opens with a comment', () => {
    expect(check('src/a/b.ts', 'export const a = 1;\n')).toEqual(['header-comment:1']);
    expect(check('src/a/b.ts', `${HEADER}export const a = 1;\n`)).toEqual([]);
    expect(check('bin/run.js', `#!/usr/bin/env node\n${HEADER}start();\n`)).toEqual([]);
    expect(check('test/a/b.test.ts', 'it("is", () => {});\n')).toEqual([]);
  });

  it('a module that holds only comments is a placeholder', () => {
    expect(check('src/a/b.ts', HEADER)).toEqual(['empty-module:1']);
  });

  it('a promise in a comment has a number', () => {
    const text = `${HEADER}a(); // TODO later\nb(); // TODO(#12) then\nc(); /* FIXME */\n`;
    expect(check('src/a/b.ts', text)).toEqual(['todo-number:2', 'todo-number:4']);
    expect(check('src/a/b.ts', `${HEADER}say('TODO');\n`)).toEqual([]);
  });

  it('a test does not sleep and does not mock modules', () => {
    const sleep = `${HEADER}\nawait new Promise((r) => setTimeout(r, 10));\n`;
    expect(check('test/a.test.ts', sleep)).toEqual(['test-sleep:3']);
    expect(check('test/a.test.ts', `${HEADER}await sleep(10);`)).toEqual(['test-sleep:2']);
    expect(check('test/a.test.ts', `${HEADER}vi.mock('../src/a.ts');`)).toEqual(['test-mock:2']);
    expect(check('scripts/a.ts', sleep)).toEqual([]);
  });

  it('a command class has at most 60 lines', () => {
    const command = (lines: number): string =>
      `export default class Run extends Base {\n${"  a = '}';\n".repeat(lines - 2)}}\n\nlong();\n`;
    expect(check('src/commands/run.ts', command(60))).toEqual([]);
    expect(check('src/commands/run.ts', command(61))).toEqual(['thin-command:1']);
    expect(check('src/cli/run.ts', HEADER + command(61))).toEqual([]);
  });
});

describe('thrown errors', () => {
  const family = {
    path: 'src/errors/drey-error.ts',
    text: 'export class BugError extends DreyError {}\nclass Deep<T> extends BugError {}\n',
  };
  const check = (path: string, text: string): string[] =>
    found(checkThrownErrors([family, { path, text }]));

  it('are of the family, however far down', () => {
    expect(check('src/a.ts', "throw new BugError('DREY_BUG', 'x');")).toEqual([]);
    expect(check('src/a.ts', 'throw new Deep();')).toEqual([]);
    expect(check('src/a.ts', "a();\nthrow new Error('x');")).toEqual(['thrown-error:2']);
    expect(check('src/a.ts', 'throw new TypeError();')).toEqual(['thrown-error:1']);
    expect(check('src/a.ts', "const text = 'throw new Error()';")).toEqual([]);
    expect(check('test/a.test.ts', "throw new Error('x');")).toEqual([]);
  });
});

describe('layout', () => {
  const check = (path: string, text = 'text'): string[] => found(checkLayout({ path, text }));

  it('folders and files have names that say something', () => {
    expect(check('src/engine/utils/a.ts')).toEqual(['nameless-folder:1']);
    expect(check('test/helpers/a.ts')).toEqual(['nameless-folder:1']);
    expect(check('src/engine/types.ts')).toEqual(['nameless-file:1']);
    expect(check('src/engine/index.ts')).toEqual(['nameless-file:1']);
    expect(check('src/engine/window/tumble-assigner.ts')).toEqual([]);
  });

  it('src holds the folders of the import table only', () => {
    expect(check('src/server/a.ts')).toEqual(['unknown-folder:1']);
    expect(check('src/flink/model/a.ts')).toEqual([]);
  });

  it('nothing tracked is empty, names a machine or a private registry', () => {
    expect(check('docs/a.md', '')).toEqual(['empty-file:1']);
    // Built up, so that this file does not find itself.
    expect(check('docs/a.md', `see\n/${'home'}/jo/x`)).toEqual(['machine-path:2']);
    expect(check('docs/a.md', `/${'work'}/main/x`)).toEqual(['machine-path:1']);
    expect(check('.npmrc', `registry${'='}https://npm.example/`)).toEqual(['registry-host:1']);
    const resolved = `"${'resolved'}": "https://npm.example/a.tgz"`;
    expect(check('package-lock.json', `{\n${resolved}`)).toEqual(['registry-host:2']);
  });
});

describe('dependencies', () => {
  const entry = { integrity: 'sha512-x', license: 'MIT' };
  const check = (packages: Record<string, unknown>): string[] =>
    checkLockfile({
      path: 'package-lock.json',
      text: JSON.stringify({ packages: { '': {}, ...packages } }, null, 2),
    }).map(({ message }) => message);

  it('a pinned package with a known licence is fine', () => {
    expect(check({ 'node_modules/a': entry })).toEqual([]);
  });

  it('digest, origin, installation script and licence are checked', () => {
    expect(
      check({
        'node_modules/a': { ...entry, integrity: 'sha1-x' },
        'node_modules/b': { license: 'MIT' },
        'node_modules/c': { ...entry, resolved: 'git+ssh://host/c' },
        'node_modules/d': { ...entry, hasInstallScript: true },
        'node_modules/esbuild': { ...entry, hasInstallScript: true },
        'node_modules/e': { ...entry, license: 'GPL-3.0' },
        'node_modules/f': { ...entry, license: 'MPL-2.0' },
        'node_modules/g': { ...entry, license: 'MPL-2.0', dev: true },
        'node_modules/h': { integrity: 'sha512-x' },
      }),
    ).toEqual([
      'node_modules/a has no sha512 digest',
      'node_modules/b has no sha512 digest',
      'node_modules/c does not come from a registry',
      'node_modules/d runs a script at installation',
      'node_modules/e has licence GPL-3.0',
      'node_modules/f has licence MPL-2.0',
      'node_modules/h has licence none',
    ]);
  });

  it('each runtime dependency has its written reason', () => {
    const manifest = {
      path: 'package.json',
      text: '{\n  "dependencies": {\n    "yaml": "1",\n    "undici": "1"\n  }\n}',
    };
    const reasons = { path: 'docs/design/003-dependencies.md', text: '- `yaml` reads files' };
    expect(found(checkDependencies(manifest, reasons))).toEqual(['dependency-reason:4']);
    expect(checkDependencies(manifest, null)).toHaveLength(2);
  });
});

describe('the error register', () => {
  const page = (text: string): { path: string; text: string } => ({
    path: 'docs/reference/errors.md',
    text,
  });
  const source = { path: 'src/a.ts', text: "fail('DREY_A');\nfail('DREY_B');\nenv('DREY_SEED');" };
  const check = (registered: string[], text: string | null): string[] =>
    checkErrorRegister({
      registered,
      page: text === null ? null : page(text),
      sources: [source],
      otherWords: new Set(['DREY_SEED']),
    }).map(({ path, message }) => `${path} ${message}`);

  it('agrees with the page and the sources', () => {
    expect(check(['DREY_A', 'DREY_B'], '## DREY_A\n## DREY_B\n')).toEqual([]);
  });

  it('differs from the page either way', () => {
    expect(check(['DREY_A', 'DREY_B'], '## DREY_A\n## DREY_B\n## DREY_OLD')).toEqual([
      'docs/reference/errors.md DREY_OLD is not registered',
    ]);
    expect(check(['DREY_A', 'DREY_B'], '## DREY_A\n')).toEqual([
      'src/errors/codes.ts DREY_B is not in docs/reference/errors.md',
    ]);
    expect(check(['DREY_A', 'DREY_B'], null)).toHaveLength(2);
  });

  it('differs from the sources either way', () => {
    expect(check(['DREY_A', 'DREY_B', 'DREY_C'], 'DREY_A DREY_B DREY_C')).toEqual([
      'src/errors/codes.ts DREY_C is registered and never thrown',
    ]);
    expect(check(['DREY_A'], 'DREY_A')).toEqual(['src/a.ts DREY_B is not registered']);
  });
});

describe('masking', () => {
  it('keeps every position and line end', () => {
    const text = `a /* c\nc */ b 'it\\'s', /[/'"]/g \`t \${x + '}'} t\` // end\nz`;
    const masked = maskText(text);
    expect(masked.code).toHaveLength(text.length);
    expect(masked.code).toBe(`a     \n     b '     ', /     /g \`  \${x + ' '}  \`       \nz`);
    expect(masked.comments.map((comment) => comment.text)).toEqual(['/* c\nc */', '// end']);
  });

  it('tells a division from a regular expression', () => {
    expect(maskText("a = b / c; d = 'x' / e;").code).toBe("a = b / c; d = ' ' / e;");
    expect(maskText("return /'/.test(a); b('x')").code).toBe("return / /.test(a); b(' ')");
  });

  it('a violation is printed so that an editor can jump to it', () => {
    const violation = { path: 'src/a.ts', line: 3, rule: 'todo-number', message: 'TODO' };
    expect(formatViolation(violation)).toBe('src/a.ts:3 todo-number TODO');
  });
});
