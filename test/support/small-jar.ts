/** A file that passes for a jar, without a class in it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

/** A local header, and the record that ends the archive. */
const START = [0x50, 0x4b, 0x03, 0x04];
const END = [0x50, 0x4b, 0x05, 0x06, ...Array.from({ length: 18 }, () => 0)];

export function smallJar(name = 'my job.jar', content = 'classes'): string {
  const bytes = Buffer.concat([Buffer.from(START), Buffer.from(content), Buffer.from(END)]);
  return fileOf(name, bytes);
}

/** Any file; it goes when the test ends. */
export function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}
