import { expect, test } from 'vitest';
import { metaspaceWarning } from '../../../src/ops/job/metaspace-warning.ts';

test.each([
  [84, 100, null],
  [85, 100, '85 %'],
  [100, 100, '100 %'],
  [null, 100, null],
  [100, null, null],
  // Without a limit Java says -1.
  [100, -1, null],
])('%s of %s bytes', (used, max, text) => {
  const warning = metaspaceWarning(used, max);
  if (text === null) expect(warning).toBeNull();
  else expect(warning).toContain(text);
});
