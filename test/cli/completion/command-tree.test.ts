import { describe, expect, it } from 'vitest';
import { commandTree } from '../../../src/cli/completion/command-tree.ts';
import { knownCommands } from './known-commands.ts';

const tree = commandTree(knownCommands);
const commandOf = (path: string) => tree.commands.find((command) => command.path === path);
const flagOf = (path: string, name: string) =>
  commandOf(path)?.flags.find(({ names }) => names.includes(name));

describe('commandTree', () => {
  it('has the words of topics and commands, each once', () => {
    const words = tree.words.map(({ path, word }) => `${path} ${word}`.trim());
    expect(words).toEqual([
      'completion',
      'context',
      'context list',
      'context use',
      'job',
      'job list',
      'job show',
      'job stop',
      'run',
      'topic',
      'topic create',
      'topic list',
      'topic tail',
    ]);
  });

  it('says what words are for', () => {
    const said = new Map(
      tree.words.map(({ path, word, description }) => [`${path} ${word}`, description]),
    );
    expect(said.get(' job')).toBe('Run, stop and watch jobs');
    expect(said.get('job list')).toBe('List jobs');
    expect(said.get(' context')).toBe('');
  });

  it('leaves out what is hidden', () => {
    expect(commandOf('hush')).toBeUndefined();
    expect(flagOf('run', '--secret')).toBeUndefined();
  });

  it.each([
    ['job list', '--json', null],
    ['job list', '-o', { kind: 'words', words: ['text', 'json'] }],
    ['job list', '--url', { kind: 'none' }],
    ['job list', '--context', { kind: 'listed', command: 'context list' }],
    ['run', '--init', { kind: 'files' }],
    ['job stop', '--no-color', null],
  ])('of %s, %s takes %j', (path, name, value) => {
    expect(flagOf(path, name)?.value).toEqual(value);
  });

  it.each([
    ['job show', { kind: 'listed', command: 'job list' }],
    ['job stop', { kind: 'listed', command: 'job list --active' }],
    ['context use', { kind: 'listed', command: 'context list' }],
    ['topic tail', { kind: 'listed', command: 'topic list' }],
    ['topic create', { kind: 'none' }],
    ['run', { kind: 'files' }],
    ['completion', { kind: 'words', words: ['bash', 'zsh'] }],
  ])('the argument of %s is %j', (path, proposal) => {
    expect(commandOf(path)?.args).toEqual([proposal]);
  });

  it('asks no command that is not there', () => {
    const commands = knownCommands.commands.filter(({ id }) => !id.endsWith(':list'));
    const less = commandTree({ ...knownCommands, commands });
    const kinds = less.commands.flatMap(({ args, flags }) => [
      ...args.map(({ kind }) => kind),
      ...flags.map(({ value }) => value?.kind),
    ]);
    expect(kinds).not.toContain('listed');
  });

  it('describes flags in one sentence', () => {
    expect(flagOf('job list', '--output')?.description).toBe(
      'Form of the output: wide has more columns',
    );
  });
});
