/** drey as a process in a folder of its own, where nothing of the machine names a cluster. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { drey, type Ended } from './drey-process.ts';

export interface DreyHome {
  readonly folder: string;
  /** Of the contexts. */
  readonly config: string;
  readonly run: (
    argv: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ) => Promise<Ended>;
}

/** `contexts`: those of the file; the first one is current. Without them there is no file. */
export function dreyHome(contexts?: object): DreyHome {
  const folder = temporaryFolder();
  const config = join(folder, 'config.yaml');
  if (contexts !== undefined) {
    const current = Object.keys(contexts)[0];
    const text = JSON.stringify({ currentContext: current, contexts });
    writeFileSync(config, text, { mode: 0o600 });
  }
  const own = {
    HOME: folder,
    DREY_CONFIG: config,
    DREY_STATE_DIR: folder,
    DREY_URL: '',
    DREY_CONTEXT: '',
    DREY_TOKEN: '',
    DREY_PROXY: '',
    DREY_SQL_GATEWAY: '',
    DREY_TIMEOUT: '',
    DREY_BOOTSTRAP_SERVERS: '',
  };
  return {
    folder,
    config,
    run: (argv, environment = {}) =>
      drey(argv, { folder, environment: { ...own, ...environment } }),
  };
}
