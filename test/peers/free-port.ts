/**
 * A TCP port of loopback that was free a moment ago. The server that gets it opens it later, so
 * somebody else may take it first; the system hands out other ports in between.
 */
import { createServer } from 'node:net';

export function freePort(): Promise<number> {
  return new Promise((settle, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no TCP port'));
        else settle(address.port);
      });
    });
  });
}
