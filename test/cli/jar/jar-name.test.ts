import { describe, expect, test } from 'vitest';
import { fileNameOf, hashIn, keptName, nameForRun } from '../../../src/cli/jar/jar-name.ts';

const SHA = 'c1b13a3151fcb2a069517ce0dc45c4d9c168d834ea3f750ba454f4bc984145c4';

describe('the name of an upload', () => {
  test('begins with the hash of the content', () => {
    expect(keptName(SHA, 'target/my-job-1.0.jar')).toBe('c1b13a3151fc-my-job-1.0.jar');
    expect(nameForRun(SHA, 'my-job.jar', '0a1b2c3d')).toBe('c1b13a3151fc-run-0a1b2c3d-my-job.jar');
  });

  test('has no characters that a form, a URL or a shell could take otherwise', () => {
    expect(keptName(SHA, `/x/it's "my"\r\n jöb.jar`)).toMatch(/^c1b13a3151fc-[\w.-]+\.jar$/);
  });

  test('fits into a file system behind the UUID that Flink puts before it', () => {
    const name = nameForRun(SHA, `${'x'.repeat(400)}.jar`, '0a1b2c3d');
    expect(name.length + 37).toBeLessThan(255);
    expect(name).toMatch(/\.jar$/);
  });

  test('gives the name of the file and the hash back', () => {
    for (const name of [keptName(SHA, 'a-b.jar'), nameForRun(SHA, 'a-b.jar', '0a1b2c3d')]) {
      expect([fileNameOf(name), hashIn(name)]).toEqual(['a-b.jar', 'c1b13a3151fc']);
    }
  });

  test('of another tool stays as it is', () => {
    expect([fileNameOf('run-1.jar'), hashIn('run-1.jar')]).toEqual(['run-1.jar', null]);
  });
});
