/** Types of the part of cli-table3 that table.ts uses. */
declare module 'cli-table3/src/utils.js' {
  const utils: {
    /** Width of the widest line in columns of a terminal. */
    readonly strlen: (text: string) => number;
  };
  export default utils;
}
