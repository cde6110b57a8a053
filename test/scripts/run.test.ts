import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runScript(text: string, args: readonly string[]): Promise<Result> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'part.ts'), 'export const twice = (a: number): number => 2 * a;\n');
  const script = join(folder, 'script.ts');
  writeFileSync(script, text);
  return new Promise((resolve) => {
    const command = ['scripts/run.js', script, ...args];
    const child = execFile(process.execPath, command, (_error, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

describe('scripts/run.js', () => {
  it('runs TypeScript with its imports and passes the arguments on', async () => {
    const text = `
      import { twice } from './part.ts';
      console.log(JSON.stringify(process.argv.slice(2)), twice(21));
    `;
    const result = await runScript(text, ['--check', 'a b']);
    expect(result).toMatchObject({ exitCode: 0, stdout: '["--check","a b"] 42\n' });
  });

  it('ends with the exit status of the script', async () => {
    expect((await runScript('process.exitCode = 3;', [])).exitCode).toBe(3);
  });

  it('shows the line of the source when the script throws', async () => {
    const result = await runScript("\n\nthrow new Error('from the script');\n", []);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('script.ts:3');
    expect(result.stderr).toContain('from the script');
  });

  it('refuses a text that is no TypeScript', async () => {
    expect((await runScript('const = ;', [])).exitCode).toBe(1);
  });
});
