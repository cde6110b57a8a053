import { expect, test } from 'vitest';
import { errorsPage } from '../../../scripts/docs/errors-page.ts';

test('codes stand under their exit status, sorted', () => {
  const page = errorsPage({
    DREY_USAGE: { exit: 2, meaning: 'A flag.', next: 'Ask.' },
    DREY_B: { exit: 3, meaning: 'B | b.', next: 'Mend b.' },
    DREY_A: { exit: 3, meaning: 'A.', next: 'Mend a.' },
  });
  expect(page.slice(page.indexOf('## Exit status 2'))).toBe(
    [
      '## Exit status 2: flags or arguments',
      '',
      '| code | meaning | next step |',
      '| --- | --- | --- |',
      '| `DREY_USAGE` | A flag. | Ask. |',
      '',
      '## Exit status 3: a pipeline file, configuration or data file is wrong',
      '',
      '| code | meaning | next step |',
      '| --- | --- | --- |',
      '| `DREY_A` | A. | Mend a. |',
      '| `DREY_B` | B \\| b. | Mend b. |',
      '',
    ].join('\n'),
  );
});
