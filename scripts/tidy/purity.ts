/**
 * Rules that keep the world outside: only platform and bin touch clock, timers, random numbers,
 * files, network and process; the engine, which must run the same twice, also keeps away from
 * what depends on the garbage collector, the machine's language or its time zone.
 */
import { maskText } from './mask.ts';
import { lineAt, type SourceText, type Violation } from './violation.ts';

interface Forbidden {
  readonly pattern: RegExp;
  readonly instead: string;
}

const impureGlobals: readonly Forbidden[] = [
  { pattern: /(?<![\w$.])Date\.now\b/g, instead: 'take a Clock' },
  { pattern: /\bnew Date\(\s*\)/g, instead: 'take a Clock' },
  { pattern: /(?<![\w$.]|new )Date\(/g, instead: 'take a Clock' },
  { pattern: /(?<![\w$.])performance\s*\./g, instead: 'take a Clock' },
  { pattern: /(?<![\w$.])(?:setTimeout|setInterval|setImmediate)\b/g, instead: 'take Timers' },
  { pattern: /(?<![\w$.])Math\.random\b/g, instead: 'take a Random' },
  { pattern: /(?<![\w$.])crypto\s*\.\s*(?:random\w*|getRandomValues)/g, instead: 'take a Random' },
  { pattern: /(?<![\w$.])process\b(?!\s*[:?(])/g, instead: 'take it from the Platform' },
  { pattern: /(?<![\w$.])globalThis\b/g, instead: 'take it from the Platform' },
  { pattern: /(?<![\w$.])(?:fetch|WebSocket|EventSource)\s*\(/g, instead: 'take Http' },
];

const unrepeatable: readonly Forbidden[] = [
  { pattern: /(?<![\w$.])(?:WeakRef|FinalizationRegistry)\b/g, instead: 'own the lifetime' },
  { pattern: /(?<![\w$.])(?:SharedArrayBuffer|Atomics)\b/g, instead: 'send messages' },
  { pattern: /(?<![\w$.])Promise\.race\b/g, instead: 'wait for one thing' },
  { pattern: /\.(?:localeCompare|toLocale\w*)\(/g, instead: 'compare code units' },
  {
    pattern: /\.(?:getTimezoneOffset|getFullYear|getMonth|getHours|getMinutes)\(/g,
    instead: 'use UTC or the declared time zone',
  },
];

/** Modules of Node that neither wait nor look outside. */
const PURE_MODULES = new Set([
  'node:assert',
  'node:buffer',
  'node:events',
  'node:path',
  'node:string_decoder',
  'node:url',
  'node:util',
]);

/** Outside platform: who may import what of the other modules, by names. */
const exceptions: readonly { path: string; module: string; names: readonly string[] }[] = [
  // Digests are pure functions of their input.
  { path: 'src/expression/function/hash.ts', module: 'node:crypto', names: ['createHash'] },
  { path: 'src/cli/jar/jar-file.ts', module: 'node:crypto', names: ['createHash'] },
  // So is what a certificate or a key says.
  {
    path: 'src/cli/context/tls-material.ts',
    module: 'node:crypto',
    names: ['createPrivateKey', 'X509Certificate', 'type KeyObject'],
  },
];

const NODE_IMPORT =
  /\b(?:(?:import|export)\b([^;'"]*?)\bfrom\s*|import\s*\(?\s*)['"](node:[\w/]+)['"]/g;

/** Files of src outside platform must not name impure globals or import impure modules. */
export function checkPurity(file: SourceText): Violation[] {
  if (!file.path.startsWith('src/') || file.path.startsWith('src/platform/')) return [];
  const masked = maskText(file.text);
  const isEngine = file.path.startsWith('src/engine/') || file.path.startsWith('src/expression/');
  const globals = isEngine ? [...impureGlobals, ...unrepeatable] : impureGlobals;
  const violations: Violation[] = [];
  for (const { pattern, instead } of globals) {
    for (const match of masked.code.matchAll(pattern)) {
      const message = `${match[0].trim()} belongs to platform: ${instead}`;
      violations.push(at(file, match.index, 'impure-global', message));
    }
  }
  for (const match of masked.codeWithLiterals.matchAll(NODE_IMPORT)) {
    const module = match[2] ?? '';
    // The words of a string literal are no import.
    if (masked.code[match.index] === ' ' || isAllowed(file.path, module, match[1] ?? '')) continue;
    const message = `${module} belongs to platform`;
    violations.push(at(file, match.index, 'impure-import', message));
  }
  return violations;
}

function isAllowed(path: string, module: string, clause: string): boolean {
  if (PURE_MODULES.has(module)) return true;
  const exception = exceptions.find((entry) => entry.path === path && entry.module === module);
  if (exception === undefined) return false;
  const names = clause
    .replace(/[{}]/g, ' ')
    .split(',')
    .map((name) => name.trim());
  return names.every((name) => name === '' || exception.names.includes(name));
}

function at(file: SourceText, position: number, rule: string, message: string): Violation {
  return { path: file.path, line: lineAt(file.text, position), rule, message };
}
