// Runs many drey commands at once in one process, each with streams and an environment of its own.
// Told by messages {id, argv, environment, isTerminal}; answers {id, exit, output, error, elapsedMs}
// and says what came from no command at all. argv[2]: the folder of drey's package.json.
import { AsyncLocalStorage } from 'node:async_hooks';
import { pathToFileURL } from 'node:url';

const root = process.argv[2];
const { main } = await import(pathToFileURL(`${root}dist/main.js`).href);
const current = new AsyncLocalStorage();
const ownEnvironment = process.env;
const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const namesOfPrototypes = () =>
  prototypes.map((prototype) => Object.getOwnPropertyNames(prototype).join()).join(';');
const namesAtStart = namesOfPrototypes();

const stray = (what) => {
  const run = current.getStore();
  if (run === undefined) process.send({ stray: what });
  else run.strays.push(what);
};

for (const name of ['stdout', 'stderr']) {
  const stream = process[name];
  stream.setMaxListeners(0);
  stream.write = (chunk, encoding, done) => {
    const run = current.getStore();
    if (run === undefined) process.send({ stray: `${name}: ${String(chunk)}` });
    else run[name].push(Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8'));
    const callback = typeof encoding === 'function' ? encoding : done;
    if (callback !== undefined) queueMicrotask(callback);
    return true;
  };
  Object.defineProperty(stream, 'isTTY', { get: () => current.getStore()?.isTerminal === true });
}
Object.defineProperty(process, 'env', {
  get: () => current.getStore()?.environment ?? ownEnvironment,
});
process.setMaxListeners(0);
process.on('uncaughtException', (error) => stray(`uncaught: ${error?.stack ?? error}`));
process.on('unhandledRejection', (error) => stray(`unhandled: ${error?.stack ?? error}`));

process.on('message', ({ id, argv, environment, isTerminal }) => {
  const run = { stdout: [], stderr: [], strays: [], isTerminal };
  run.environment = { ...ownEnvironment, ...environment };
  const started = performance.now();
  const end = (exit) => {
    if (namesOfPrototypes() !== namesAtStart) run.strays.push('a prototype was changed');
    process.send({
      id,
      exit,
      output: Buffer.concat(run.stdout).toString(),
      error: Buffer.concat(run.stderr).toString(),
      elapsedMs: performance.now() - started,
      strays: run.strays,
    });
  };
  current.run(run, () =>
    main(root, argv).then(end, (error) => {
      run.strays.push(`main threw: ${error?.stack ?? error}`);
      end(null);
    }),
  );
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
