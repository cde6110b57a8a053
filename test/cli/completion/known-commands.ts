/** A few commands, as the manifest has them: every kind of flag and argument. */
import type { KnownCommands } from '../../../src/cli/completion/command-tree.ts';

const output = {
  name: 'output',
  char: 'o',
  type: 'option',
  multiple: false,
  options: ['text', 'json'],
  description: 'Form of the output: wide has more columns. See docs.',
} as const;
const json = { name: 'json', type: 'boolean', allowNo: false, description: "It's JSON." } as const;
const url = { name: 'url', type: 'option', multiple: false, helpValue: 'URL' } as const;
const context = { name: 'context', type: 'option', multiple: false, helpValue: 'NAME' } as const;
const init = { name: 'init', type: 'option', multiple: false, helpValue: 'FILE' } as const;
const secret = { name: 'secret', type: 'boolean', allowNo: false, hidden: true } as const;
const color = { name: 'color', type: 'boolean', allowNo: true } as const;

const server = {
  name: 'bootstrap-server',
  type: 'option',
  multiple: false,
  helpValue: 'HOST:PORT',
} as const;

const topic = { name: 'topic', description: 'Name of the topic.', required: true } as const;
const job = { name: 'job', description: 'The job.', required: true } as const;

export const knownCommands: KnownCommands = {
  bin: 'drey',
  topics: [{ name: 'job', description: 'Run, stop and watch jobs' }, { name: 'context' }],
  commands: [
    { id: 'job:list', args: {}, flags: { json, output, url, context }, summary: 'List jobs' },
    { id: 'job:show', args: { job }, flags: { output, url, context }, summary: 'Show a job' },
    { id: 'job:stop', args: { job }, flags: { url, context, color }, summary: 'Stop a job' },
    { id: 'context:list', args: {}, flags: { json }, summary: 'List contexts' },
    { id: 'context:use', args: { name: { name: 'name' } }, flags: {}, summary: 'Use a context' },
    { id: 'topic:list', args: {}, flags: { server }, summary: 'List topics' },
    { id: 'topic:create', args: { topic }, flags: { server }, summary: 'Create a topic' },
    { id: 'topic:tail', args: { topic }, flags: { server }, summary: 'Show records' },
    { id: 'run', args: { file: { name: 'file' } }, flags: { init, secret }, summary: 'Run it' },
    {
      id: 'completion',
      args: { shell: { name: 'shell', options: ['bash', 'zsh'] } },
      flags: {},
      summary: 'Print a script',
    },
    { id: 'hush', args: {}, flags: {}, hidden: true },
  ],
};
