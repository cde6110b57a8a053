/**
 * Compiles the kernels in assembly/ to src/engine/memory/kernel-binary.ts:
 * `node scripts/run.js scripts/kernels.ts [--check]`. With --check it writes nothing and fails when
 * the file is stale. The same sources give the same bytes.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOrWrite } from './generated-file.ts';

/** As src/engine/memory/linear-memory.ts makes the memory. */
const PAGES_INITIAL = 16;
/** One page less than a 32-bit memory can have, so that no address behind a block is 0. */
const PAGES_MAX = 65_535;

const folder = mkdtempSync(join(tmpdir(), 'drey-kernels-'));
try {
  const text = `/** Made from assembly/ by \`npm run kernels\`: the kernels as a WebAssembly module, in base64. */
export const KERNEL_BINARY =
  '${compile(join(folder, 'kernels.wasm')).toString('base64')}';
`;
  process.exitCode = checkOrWrite(
    [{ path: 'src/engine/memory/kernel-binary.ts', text }],
    process.argv.slice(2),
    'npm run kernels',
  );
} finally {
  rmSync(folder, { recursive: true });
}

function compile(outputFile: string): Buffer {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['node_modules/assemblyscript/bin/asc.js', ...options(outputFile)],
    { encoding: 'utf8' },
  );
  // Warnings are about conversions that lose bits; there are to be none.
  if (status !== 0 || stderr !== '') throw new Error(`the kernels do not compile:\n${stderr}`);
  return readFileSync(outputFile);
}

function options(outputFile: string): string[] {
  const values: Readonly<Record<string, readonly string[]>> = {
    '--outFile': [outputFile],
    '--runtime': ['stub'],
    '--enable': ['threads', 'simd'],
    '--initialMemory': [String(PAGES_INITIAL)],
    '--maximumMemory': [String(PAGES_MAX)],
  };
  const switches = ['-O2', '--converge', '--noAssert', '--zeroFilledMemory'];
  return [
    'assembly/index.ts',
    ...switches,
    '--importMemory',
    '--sharedMemory',
    ...Object.entries(values).flatMap(([name, all]) => all.flatMap((value) => [name, value])),
  ];
}
