/**
 * Stands for a service that rates customers: it takes some milliseconds, fails now and then, and
 * does not know everybody. With a real one, `invoke` would be
 *
 *   const answer = await fetch(`https://risk.example/customers/${customer}`, { signal });
 */
const failedOnce = new Set();

export default {
  async open() {
    this.known = new Map(
      Array.from({ length: 35 }, (_value, number) => [`c${number}`, ((number * 37) % 100) / 100]),
    );
  },

  /** The row of the order in; its result columns out, or null for no row. */
  async invoke({ id, customer, amount }, { signal }) {
    await pause((id * 7) % 20, signal);
    if (id % 50 === 0 && !failedOnce.has(id)) {
      failedOnce.add(id);
      throw new Error('the service is busy');
    }
    const risk = this.known.get(customer);
    if (risk === undefined) return null;
    return { risk, isRisky: risk * Number(amount) > 200 };
  },

  /** The result of a row for which no answer came in time. */
  timeout() {
    return { risk: null, isRisky: true };
  },

  async close() {
    this.known.clear();
  },
};

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new Error('nobody waits any more'));
    });
  });
}
