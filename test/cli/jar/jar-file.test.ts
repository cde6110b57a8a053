import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inspectJar, jarContent } from '../../../src/cli/jar/jar-file.ts';
import { realFiles } from '../../../src/platform/real/files.ts';
import { fileOf, smallJar } from '../../support/small-jar.ts';

const LARGE = 'x'.repeat(700_000);

describe('a jar', () => {
  test('is hashed as a whole', async () => {
    const path = smallJar('my job.jar', LARGE);
    const content = readFileSync(path);
    expect(await inspectJar(realFiles, path)).toEqual({
      path,
      fileName: 'my job.jar',
      sha256: createHash('sha256').update(content).digest('hex'),
      sizeBytes: content.length,
    });
  });

  test('is read anew for each try', async () => {
    const path = smallJar('a.jar', LARGE);
    const jar = await inspectJar(realFiles, path);
    const sent: number[] = [];
    const { byteCount, chunks } = jarContent(realFiles, jar, (bytes) => sent.push(bytes));
    for (let tries = 0; tries < 2; tries++) {
      const read: Uint8Array[] = [];
      for await (const chunk of chunks) read.push(chunk);
      expect(Buffer.concat(read).equals(readFileSync(path))).toBe(true);
    }
    expect(byteCount).toBe(jar.sizeBytes);
    expect(sent.filter((bytes) => bytes === byteCount)).toHaveLength(2);
  });
});

describe('what is no jar', () => {
  test.each([
    ['its name', 'job.zip', smallJarBytes(), 'does not end with .jar'],
    ['a text', 'job.jar', 'hello, this is no archive', 'no zip archive'],
    ['a short file', 'job.jar', 'PK', 'no zip archive'],
    ['nothing', 'job.jar', '', 'is empty'],
    ['cut off', 'job.jar', smallJarBytes().subarray(0, -20), 'was cut off'],
  ])('is told: %s', async (_what, name, content, text) => {
    await expect(inspectJar(realFiles, fileOf(name, content))).rejects.toMatchObject({
      code: 'DREY_JAR_UNUSABLE',
      exitCode: 3,
      message: expect.stringContaining(text) as string,
    });
  });

  test('is not there', async () => {
    await expect(inspectJar(realFiles, '/no/such.jar')).rejects.toMatchObject({
      code: 'DREY_FILE_NOT_FOUND',
    });
  });
});

function smallJarBytes(): Buffer {
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  return Buffer.concat([Buffer.from('PK\u0003\u0004classes', 'latin1'), end]);
}
