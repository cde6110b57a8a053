/**
 * A small model of one transactional id at a broker: epochs of its producer, the transaction that is
 * open, rows and markers that are committed. Requests may be lost, their answers too, and either may
 * come late, also behind the next transaction.
 */
import type { CommitMarker } from '../../../../../src/engine/connector/kafka/sink/commit-marker.ts';
import type { TransactionFailure } from '../../../../../src/engine/connector/kafka/sink/transaction-failure.ts';

export type ModelRequest =
  | { readonly kind: 'init-producer' }
  | { readonly kind: 'add' | 'end'; readonly epoch: number }
  | { readonly kind: 'rows'; readonly epoch: number; readonly rows: readonly number[] }
  | { readonly kind: 'marker'; readonly epoch: number; readonly marker: CommitMarker };

export class CoordinatorModel {
  epoch = 0;
  marker: CommitMarker | null = null;
  readonly committed: number[] = [];
  /** What is open; null: nothing. */
  private open: { rows: number[]; marker: CommitMarker | null } | null = null;
  /** Markers of a committed transaction that are not everywhere yet. */
  private completing: { rows: number[]; marker: CommitMarker | null } | null = null;

  /** Returns a failure, or null when it was done. */
  apply(request: ModelRequest): TransactionFailure | null {
    if (request.kind === 'init-producer') return this.init();
    if (request.epoch < this.epoch) return { reason: 'PRODUCER_FENCED', outcome: 'not-done' };
    if (this.completing !== null) return { reason: 'CONCURRENT_TRANSACTIONS', outcome: 'not-done' };
    switch (request.kind) {
      case 'add':
        this.open ??= { rows: [], marker: null };
        return null;
      case 'rows':
      case 'marker':
        if (this.open === null) return { reason: 'INVALID_TXN_STATE', outcome: 'not-done' };
        if (request.kind === 'rows') this.addRows(request.rows);
        else this.open.marker = request.marker;
        return null;
      case 'end':
        if (this.open === null) return { reason: 'INVALID_TXN_STATE', outcome: 'not-done' };
        this.completing = this.open;
        this.open = null;
        return null;
    }
  }

  /** Some milliseconds later. */
  complete(): void {
    if (this.completing === null) return;
    this.committed.push(...this.completing.rows);
    this.marker = this.completing.marker ?? this.marker;
    this.completing = null;
  }

  /** The transaction was open for too long. */
  timeOut(): void {
    if (this.open === null) return;
    this.open = null;
    this.epoch++;
  }

  private init(): TransactionFailure | null {
    if (this.completing !== null) return { reason: 'CONCURRENT_TRANSACTIONS', outcome: 'not-done' };
    this.open = null;
    this.epoch++;
    return null;
  }

  /** A batch that is sent again is known by its sequence numbers. */
  private addRows(rows: readonly number[]): void {
    const first = rows[0];
    if (first === undefined || this.open === null || this.open.rows.includes(first)) return;
    this.open.rows.push(...rows);
  }
}
