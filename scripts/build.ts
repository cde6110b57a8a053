/**
 * Builds the shipped modules into dist/: `node scripts/run.js scripts/build.ts`. The new folder
 * takes the place of the old one at the end, so that drey can be started all the while.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { writeDeclarations } from './declarations.ts';
import { thirdPartyNotices } from './third-party-notices.ts';

const root = process.cwd();
const target = join(root, 'dist');
const outputFolder = join(root, 'node_modules', '.cache', `build-${process.pid}`);
const metafile = await bundle({ root, outputFolder, minify: true });
writeFileSync(
  join(outputFolder, 'THIRD-PARTY-NOTICES.txt'),
  thirdPartyNotices(root, Object.keys(metafile.inputs)),
);
writeDeclarations(root, outputFolder);
rmSync(target, { recursive: true, force: true });
renameSync(outputFolder, target);
