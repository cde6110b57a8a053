/** A thread for threads.test.ts: echoes messages, and ends in the way its input says. */
import { parentPort, workerData } from 'node:worker_threads';

parentPort.postMessage({ started: workerData });
if (workerData === 'throw') throw new Error('thrown inside');
if (workerData === 'exhaust') {
  const kept = [];
  for (;;) kept.push(Array.from({ length: 1000 }, (_, index) => ({ index })));
}
parentPort.on('message', (message) => {
  if (message === 'end') parentPort.close();
  else parentPort.postMessage({ echo: message });
});
