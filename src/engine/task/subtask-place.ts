/** Which instance of which vertex a subtask is. */
export interface SubtaskPlace {
  readonly vertexId: string;
  readonly subtask: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
}
