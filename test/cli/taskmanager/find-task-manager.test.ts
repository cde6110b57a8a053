import { describe, expect, test } from 'vitest';
import { findTaskManager } from '../../../src/cli/taskmanager/find-task-manager.ts';
import { taskManagerIdOf } from '../../../src/flink/model/identifiers.ts';

const ids = ['10.0.0.1:4000-aaa111', '10.0.0.2:4000-bbb222', '10.0.0.20:4000-ccc333'];
const all = ids.map((id) => ({ taskManagerId: taskManagerIdOf(id) }));
const find = (argument: string | null, among = all) =>
  findTaskManager(among, argument, 'flink:8081').taskManagerId;

describe('a TaskManager is meant', () => {
  test.each([
    ['10.0.0.2:4000-bbb222', ids[1]],
    ['10.0.0.1', ids[0]],
    ['10.0.0.2:', ids[1]],
    ['CCC', ids[2]],
    ['0.20', ids[2]],
  ])('by %s', (argument, expected) => {
    expect(find(argument)).toBe(expected);
  });

  test('by nothing, when there is only one', () => {
    expect(find(null, all.slice(0, 1))).toBe(ids[0]);
  });

  test('by its whole id although another begins with it', () => {
    const two = ['a', 'ab'].map((id) => ({ taskManagerId: taskManagerIdOf(id) }));
    expect(find('a', two)).toBe('a');
  });
});

describe('an error names the candidates', () => {
  test.each([
    [
      '10.0.0.2',
      'DREY_TASKMANAGER_AMBIGUOUS',
      `"10.0.0.2" names 2 TaskManagers: ${ids[1]}, ${ids[2]}`,
    ],
    [':4000', 'DREY_TASKMANAGER_AMBIGUOUS', '":4000" names 3 TaskManagers'],
    [null, 'DREY_TASKMANAGER_AMBIGUOUS', 'flink:8081 has 3 TaskManagers, and none was named'],
    ['nope', 'DREY_TASKMANAGER_NOT_FOUND', 'flink:8081 has no TaskManager "nope"; it has 10.0.0.1'],
    ['', 'DREY_TASKMANAGER_NOT_FOUND', 'flink:8081 has no TaskManager ""'],
  ])('for %j', (argument, code, message) => {
    expect(() => find(argument)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });

  test('of hundreds it lists some', () => {
    const many = Array.from({ length: 300 }, (_, index) => ({
      taskManagerId: taskManagerIdOf(`tm-${index}`),
    }));
    expect(() => find('tm', many)).toThrow(/tm-9 and 290 more$/);
  });

  test('for a cluster without any', () => {
    expect(() => find('x', [])).toThrow('flink:8081 has no TaskManagers');
  });
});
