/**
 * Rules on dependencies: the lockfile pins every package by digest, nothing runs at installation,
 * licences are ones that drey may ship, and each runtime dependency has its written reason.
 */
import type { SourceText, Violation } from './violation.ts';

/** May run a script at installation; without it they do the same more slowly. */
const INSTALL_SCRIPTS_ALLOWED = new Set(['node_modules/esbuild']);

const LICENCES_SHIPPED = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  '0BSD',
  'CC0-1.0',
  '(MIT OR CC0-1.0)',
]);

/** Weak copyleft is fine for tools that are not shipped. */
const LICENCES_DEVELOPMENT = new Set([...LICENCES_SHIPPED, 'MPL-2.0', 'CC-BY-4.0', 'Python-2.0']);

interface LockedPackage {
  readonly integrity?: unknown;
  readonly resolved?: unknown;
  readonly license?: unknown;
  readonly hasInstallScript?: unknown;
  readonly link?: unknown;
  readonly dev?: unknown;
  readonly devOptional?: unknown;
}

export function checkLockfile(file: SourceText): Violation[] {
  const violations: Violation[] = [];
  const packages = readPackages(file.text);
  for (const [name, entry] of Object.entries(packages)) {
    if (name === '') continue;
    const report = (message: string): void => {
      const line = file.text.slice(0, file.text.indexOf(`"${name}"`)).split('\n').length;
      violations.push({ path: file.path, line, rule: 'lockfile', message: `${name} ${message}` });
    };
    if (typeof entry.integrity !== 'string' || !entry.integrity.startsWith('sha512-')) {
      report('has no sha512 digest');
    }
    if (entry.link === true || isForeign(entry.resolved)) {
      report('does not come from a registry');
    }
    if (entry.hasInstallScript === true && !INSTALL_SCRIPTS_ALLOWED.has(name)) {
      report('runs a script at installation');
    }
    const isDevelopment = entry.dev === true || entry.devOptional === true;
    const allowed = isDevelopment ? LICENCES_DEVELOPMENT : LICENCES_SHIPPED;
    const licence = typeof entry.license === 'string' ? entry.license : 'none';
    if (!allowed.has(licence)) report(`has licence ${licence}`);
  }
  return violations;
}

/** Without an address the registry of whoever installs is meant. */
function isForeign(resolved: unknown): boolean {
  return typeof resolved === 'string' && !resolved.startsWith('https://');
}

/** Every runtime dependency is named in the document that says why it is there. */
export function checkDependencies(manifest: SourceText, reasons: SourceText | null): Violation[] {
  const { dependencies } = JSON.parse(manifest.text) as { dependencies?: Record<string, string> };
  return Object.keys(dependencies ?? {})
    .filter((name) => reasons === null || !reasons.text.includes(`\`${name}\``))
    .map((name) => ({
      path: manifest.path,
      line: manifest.text.slice(0, manifest.text.indexOf(`"${name}"`)).split('\n').length,
      rule: 'dependency-reason',
      message: `${name} is not named (as \`${name}\`) in docs/design/003-dependencies.md`,
    }));
}

function readPackages(text: string): Readonly<Record<string, LockedPackage>> {
  const lock = JSON.parse(text) as { packages?: Record<string, LockedPackage> };
  return lock.packages ?? {};
}
