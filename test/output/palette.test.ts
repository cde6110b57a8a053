import { expect, test } from 'vitest';
import { createPalette, wantsColour } from '../../src/output/palette.ts';

const terminal = { isTerminal: true, noColorFlag: false, environment: { TERM: 'xterm' } };

test('a terminal gets colours', () => {
  expect(wantsColour(terminal)).toBe(true);
});

test.each([
  ['a pipe', { ...terminal, isTerminal: false }],
  ['the flag --no-color', { ...terminal, noColorFlag: true }],
  ['NO_COLOR', { ...terminal, environment: { NO_COLOR: '1' } }],
  ['a dumb terminal', { ...terminal, environment: { TERM: 'dumb' } }],
])('%s gets none', (_, question) => {
  expect(wantsColour(question)).toBe(false);
});

test('an empty NO_COLOR is as good as none', () => {
  expect(wantsColour({ ...terminal, environment: { NO_COLOR: '' } })).toBe(true);
});

test('the plain palette leaves text alone', () => {
  expect(createPalette(false).bad('text')).toBe('text');
  expect(createPalette(true).bad('text')).toBe('\u001b[31mtext\u001b[39m');
});
