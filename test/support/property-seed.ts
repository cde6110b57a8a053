/**
 * Set-up of every test file: with DREY_SEED all properties draw their values from that seed.
 * Without it fast-check takes a fresh one, and prints it when a property fails.
 */

const given = process.env['DREY_SEED'];

if (given !== undefined) {
  const seed = Number(given);
  if (!Number.isInteger(seed)) throw new Error(`DREY_SEED is ${given}; give an integer`);
  // Imported here only: most test files have no properties, and loading it takes its time.
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
}
