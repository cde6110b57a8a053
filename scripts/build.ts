import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
const root = process.cwd();
rmSync(join(root, 'dist'), { recursive: true, force: true });
await bundle({ root, outputFolder: join(root, 'dist'), minify: true });
