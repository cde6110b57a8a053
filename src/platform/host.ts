/** Which process this is, on which machine: what a lock names, so that others can tell who holds it. */
export interface Host {
  /** The machine's name; in a container usually its own. */
  readonly name: string;
  readonly processId: number;
  /** Drawn when the process starts: a process id comes again, after a restart of the machine soon. */
  readonly processToken: string;
  /** True when a process of this id runs on this machine, whoever it is. */
  isAlive(processId: number): boolean;
}
