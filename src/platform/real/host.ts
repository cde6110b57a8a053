/** This process and machine, as the operating system names them. */
import type { Host } from '../host.ts';
import { realRandom } from './random.ts';

const TOKEN_BYTES = 16;

let name: string | null = null;
let token: string | null = null;

export const realHost: Host = {
  get name() {
    name ??= process.getBuiltinModule('node:os').hostname();
    return name;
  },
  get processId() {
    return process.pid;
  },
  get processToken() {
    token ??= Buffer.from(realRandom.bytes(TOKEN_BYTES)).toString('hex');
    return token;
  },
  isAlive(processId) {
    try {
      process.kill(processId, 0);
      return true;
    } catch (error) {
      // EPERM: it is there and belongs to another user.
      return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
    }
  },
};
