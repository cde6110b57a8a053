/** All resources of one cluster's REST interface, over one transport. */
import { Checkpoints } from './checkpoints.ts';
import { Clusters } from './clusters.ts';
import { Jars } from './jars.ts';
import { Jobs } from './jobs.ts';
import type { RestTarget } from './rest-target.ts';
import { Savepoints } from './savepoints.ts';
import { TaskManagers } from './task-managers.ts';
import { Transport, type RestWorld, type TransportOptions } from './transport.ts';
import { Vertices } from './vertices.ts';

export class FlinkClient {
  readonly transport: Transport;
  readonly clusters: Clusters;
  readonly taskManagers: TaskManagers;
  readonly jobs: Jobs;
  readonly vertices: Vertices;
  readonly jars: Jars;
  readonly savepoints: Savepoints;
  readonly checkpoints: Checkpoints;

  constructor(target: RestTarget, world: RestWorld, options: TransportOptions = {}) {
    this.transport = new Transport(target, world, options);
    this.clusters = new Clusters(this.transport);
    this.taskManagers = new TaskManagers(this.transport);
    this.jobs = new Jobs(this.transport);
    this.vertices = new Vertices(this.transport);
    this.jars = new Jars(this.transport);
    this.savepoints = new Savepoints(this.transport);
    this.checkpoints = new Checkpoints(this.transport);
  }
}
