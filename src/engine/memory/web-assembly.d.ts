/** The part of the WebAssembly interface that is used here; Node's type declarations lack it. */
declare global {
  // The declarations must merge with what Node declares, which is a namespace.
  namespace WebAssembly {
    class Module {
      constructor(bytes: Uint8Array);
    }
    class Memory {
      constructor(descriptor: { initial: number; maximum: number; shared: boolean });
      /** Another object each time the memory has grown. */
      readonly buffer: ArrayBufferLike;
    }
    class Instance {
      constructor(module: Module, imports: Record<string, Record<string, unknown>>);
      readonly exports: Record<string, unknown>;
    }
  }
}

export {};
