/** Modules that a test gives as values, by absolute path. */
import { InputError } from '../../errors/drey-error.ts';
import type { Modules } from '../modules.ts';

export class SimulatedModules implements Modules {
  private readonly exports: Readonly<Record<string, unknown>>;

  /** Default exports by absolute path. */
  constructor(exports: Readonly<Record<string, unknown>>) {
    this.exports = exports;
  }

  load(path: string): Promise<unknown> {
    if (Object.hasOwn(this.exports, path)) return Promise.resolve(this.exports[path]);
    return Promise.reject(
      new InputError('DREY_MODULE_NOT_FOUND', `there is no module ${path}`, { details: { path } }),
    );
  }
}
