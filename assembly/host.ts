/** What the kernels ask of the program that runs them. */

/** Says that the memory cannot hold `byteCount` more bytes; never returns. */
@external("host", "refuseAllocation")
export declare function refuseAllocation(byteCount: f64): void;
