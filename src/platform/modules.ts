/**
 * JavaScript modules that a user names: loading one runs its code. Failures are DreyErrors
 * (DREY_MODULE_NOT_FOUND, DREY_MODULE_FAILED).
 */
export interface Modules {
  /** The module's default export; undefined when there is none. `path` is absolute. */
  load(path: string): Promise<unknown>;
}
