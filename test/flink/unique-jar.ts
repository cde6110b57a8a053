/** The jar of the peer job with content that no other test has: a comment in its archive. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import type { FlinkUnderTest } from '../peers/flink-under-test.ts';

export interface UniqueJar {
  readonly jar: string;
  /** The first 12 digits of its SHA-256, with which drey begins the names of its uploads. */
  readonly hash: string;
}

/** Its file goes when the test ends, which concurrent tests must say of themselves. */
export function uniqueJar(
  test: Pick<TestContext, 'onTestFinished'>,
  { jar }: Pick<FlinkUnderTest, 'jar'>,
): UniqueJar {
  const before = readFileSync(jar);
  const comment = Buffer.from(randomUUID());
  const content = Buffer.concat([before, comment]);
  // The archive ends with the length of its comment, which was 0.
  content.writeUInt16LE(comment.length, before.length - 2);
  const folder = mkdtempSync(join(tmpdir(), 'drey-test-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'unique job.jar');
  writeFileSync(path, content);
  return { jar: path, hash: createHash('sha256').update(content).digest('hex').slice(0, 12) };
}
