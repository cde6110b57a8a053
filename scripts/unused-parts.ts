/**
 * Modules that packages load when they start, and of which drey uses nothing, or next to nothing.
 * Without them a short command takes a fifth less CPU time (docs/design/004-start-up.md). Each is
 * replaced in the bundle by a few lines that do what is used of it, or throw.
 */
import type { Plugin } from 'esbuild';

interface UnusedPart {
  readonly because: string;
  /** CommonJS. */
  readonly inItsPlace: string;
}

const absent = (name: string): string => {
  const message = JSON.stringify(`${name} is not part of drey's package (scripts/unused-parts.ts)`);
  return `module.exports = () => { throw new Error(${message}); };`;
};

const unusedParts: Readonly<Record<string, UnusedPart>> = {
  minimatch: {
    because: 'oclif: patterns of plugins; drey has none',
    inItsPlace: absent('minimatch'),
  },
  tinyglobby: {
    because: 'oclif: finds commands where there is no manifest',
    inItsPlace: absent('tinyglobby'),
  },
  'cli-spinners': {
    because: 'oclif: ux.action; drey has a status line of its own',
    inItsPlace: 'module.exports = { line: {}, dots2: {} };',
  },
  lilconfig: {
    because: 'oclif: its configuration outside of package.json',
    inItsPlace: absent('lilconfig'),
  },
  'wsl-utils': {
    because: 'oclif: which shell runs under Windows',
    inItsPlace: 'module.exports = { isWsl: false };',
  },
  semver: {
    because: 'oclif: its check of Node reads a package.json that a bundle has not; npm checks ours',
    inItsPlace: 'module.exports = { satisfies: () => true };',
  },
  debug: {
    because: 'oclif: what it logs about itself under DEBUG',
    inItsPlace: 'module.exports = () => Object.assign(() => {}, { enabled: false });',
  },
  'node:http2': {
    because: 'undici: HTTP/2, which is not switched on',
    inItsPlace: 'module.exports = { constants: {} };',
  },
  'node:assert': {
    because: 'undici: calls it as a function only; the module loads a difference of texts',
    inItsPlace:
      "module.exports = (value, message) => { if (!value) throw new Error(message ?? 'assertion failed'); };",
  },
};

const NAMESPACE = 'unused-part';

export const withoutUnusedParts: Plugin = {
  name: 'without unused parts',
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path, importer }) =>
      Object.hasOwn(unusedParts, path) && /[\\/]node_modules[\\/]/.test(importer)
        ? { path, namespace: NAMESPACE }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => {
      const part = unusedParts[path];
      return part === undefined ? undefined : { contents: part.inItsPlace, loader: 'js' };
    });
  },
};
