/** Builds the shipped modules into dist/: `node scripts/run.js scripts/build.ts`. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { thirdPartyNotices } from './third-party-notices.ts';

const root = process.cwd();
const outputFolder = join(root, 'dist');
rmSync(outputFolder, { recursive: true, force: true });
const metafile = await bundle({ root, outputFolder, minify: true });
writeFileSync(
  join(outputFolder, 'THIRD-PARTY-NOTICES.txt'),
  thirdPartyNotices(root, Object.keys(metafile.inputs)),
);
