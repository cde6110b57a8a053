import { describe, expect, test } from 'vitest';
import { causeOfTrace, decodeErrors } from '../../../src/flink/model/failure-cause.ts';

const frames =
  '\n\tat org.apache.flink.X.y(X.java:1)\n\tat java.base/java.lang.Thread.run(Thread.java:840)';

function check(
  trace: string,
  expected: { readonly exception: string | null; readonly message: string },
): void {
  expect(causeOfTrace(trace)).toMatchObject(expected);
}

describe('the cause in a stack trace', () => {
  test('is the deepest one', () => {
    const trace =
      `java.util.concurrent.CompletionException: org.apache.flink.util.FlinkException: outer${frames}` +
      `\nCaused by: org.apache.flink.util.FlinkException: outer${frames}` +
      `\nCaused by: java.io.IOException: no space left on device${frames}\n\t... 12 more\n`;
    check(trace, { exception: 'IOException', message: 'no space left on device' });
    expect(causeOfTrace(trace).chain).toEqual(['outer', 'no space left on device']);
  });

  test('without a message is named by its class, after what was tried', () => {
    check(
      `org.apache.flink.util.FlinkException: Could not stop the job.${frames}` +
        `\nCaused by: java.lang.NullPointerException${frames}`,
      {
        exception: 'NullPointerException',
        message: 'Could not stop the job. (NullPointerException)',
      },
    );
    check(`java.lang.NullPointerException${frames}`, {
      exception: 'NullPointerException',
      message: 'NullPointerException',
    });
  });

  test('keeps a message that has colons and lines', () => {
    check(`java.lang.IllegalStateException: bad: a:b\n  c${frames}`, {
      exception: 'IllegalStateException',
      message: 'bad: a:b c',
    });
  });

  test('keeps a message that is the name of a class', () => {
    check(
      `org.apache.flink.client.program.ProgramInvocationException: The entry point class was not found.${frames}` +
        `\nCaused by: java.lang.ClassNotFoundException: com.example.Main${frames}`,
      { exception: 'ClassNotFoundException', message: 'com.example.Main' },
    );
    check(`java.util.concurrent.CompletionException: java.lang.NullPointerException${frames}`, {
      exception: 'NullPointerException',
      message: 'NullPointerException',
    });
  });

  test('of nothing is nothing', () => {
    check('', { exception: null, message: '' });
  });

  test('is found at once in a trace of a million lines', () => {
    const trace = `java.lang.RuntimeException: boom${frames.repeat(500_000)}`;
    check(trace, { exception: 'RuntimeException', message: 'boom' });
  });
});

describe('the errors of an answer', () => {
  test('say how the server failed, not that it did', () => {
    const inner = `<Exception on server side:\njava.lang.IllegalStateException: why${frames}\nEnd of exception on server side>`;
    expect(decodeErrors({ errors: ['Internal server error.', inner] })?.message).toBe('why');
  });

  test('without a trace are the text', () => {
    expect(decodeErrors({ errors: ['Not found: /jobs'] })?.message).toBe('Not found: /jobs');
  });

  test.each([[{}], [{ errors: [] }], [{ errors: [''] }], [{ errors: 'x' }], [null], [[]]])(
    'are none in %j',
    (answer) => {
      expect(decodeErrors(answer)).toBeNull();
    },
  );
});
