#!/usr/bin/env node
// Runs the sources: bundles them anew into node_modules/.cache, then starts them as bin/run.js does.
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const argv = process.argv.slice(2);
process.argv.splice(2, argv.length, `${root}scripts/dev.ts`, ...argv);
await import('../scripts/run.js');
