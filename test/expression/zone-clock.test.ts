import { expect, test } from 'vitest';
import { zoneClockOf } from '../../src/expression/zone-clock.ts';

const utc = (text: string): number => Date.parse(`${text}Z`);

test.each([
  ['UTC', '2023-11-14T22:13:00', '2023-11-14T22:13:00'],
  ['Asia/Shanghai', '2023-11-14T22:13:00', '2023-11-15T06:13:00'],
  ['Asia/Kathmandu', '2023-11-14T22:13:00', '2023-11-15T03:58:00'],
  ['America/New_York', '2021-03-14T06:59:59', '2021-03-14T01:59:59'],
  ['America/New_York', '2021-03-14T07:00:00', '2021-03-14T03:00:00'],
  ['Asia/Shanghai', '1900-01-01T00:00:00', '1900-01-01T08:05:43'],
])('%s shows at %s UTC the time %s', (zone, instant, local) => {
  expect(zoneClockOf(zone).toLocalMs(utc(instant))).toBe(utc(local));
});

test.each([
  ['Asia/Shanghai', '2023-11-15T06:13:00', '2023-11-14T22:13:00'],
  // Skipped by the change to summer time: the moment of the change.
  ['America/New_York', '2021-03-14T02:30:00', '2021-03-14T07:00:00'],
  // Shown twice by the change back: the later one.
  ['America/New_York', '2021-11-07T01:30:00', '2021-11-07T06:30:00'],
])('%s shows %s last at %s UTC', (zone, local, instant) => {
  expect(zoneClockOf(zone).toEpochMs(utc(local))).toBe(utc(instant));
});

test('an unknown zone is refused', () => {
  expect(() => zoneClockOf('Mars/Olympus')).toThrow(RangeError);
});
