/** Random numbers that everything outside this folder gets passed in. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** `byteCount` random bytes; unpredictable on the real platform, seeded in simulation. */
  bytes(byteCount: number): Uint8Array;
}
