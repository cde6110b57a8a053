/** How often each kind of fault has taken effect in each phase of the protocol. */
import { faultKinds, impossible, kindsIn, type FaultKind, type WorldKind } from './faults.ts';
import { phases, type Phase } from './phase-tracker.ts';

export type CoverageCounts = Readonly<Record<string, number>>;

export class Coverage {
  private readonly counts = new Map<string, number>();

  count(kind: FaultKind, phase: Phase, times = 1): void {
    const cell = `${kind}|${phase}`;
    this.counts.set(cell, (this.counts.get(cell) ?? 0) + times);
  }

  of(kind: FaultKind, phase: Phase): number {
    return this.counts.get(`${kind}|${phase}`) ?? 0;
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** For another process that adds them up. */
  toCounts(): CoverageCounts {
    return Object.fromEntries(this.counts);
  }

  add(counts: CoverageCounts): void {
    for (const [cell, times] of Object.entries(counts)) {
      this.counts.set(cell, (this.counts.get(cell) ?? 0) + times);
    }
  }

  /** Possible cells that were hit less often than `least`. */
  thin(least: number, world: WorldKind): readonly string[] {
    return kindsIn(world).flatMap((kind) =>
      phases
        .filter((phase) => impossible(kind, phase) === null && this.of(kind, phase) < least)
        .map((phase) => `${kind} / ${phase}: ${this.of(kind, phase)}`),
    );
  }

  /** The matrix, then why some cells cannot be. */
  render(world: WorldKind): string {
    const kinds = kindsIn(world);
    const name = Math.max(...kinds.map((kind) => kind.length));
    const heads = phases.map((_, at) => `P${at}`.padStart(6)).join('');
    const rows = kinds.map((kind) => {
      const cells = phases.map((phase) =>
        (impossible(kind, phase) === null ? String(this.of(kind, phase)) : '-').padStart(6),
      );
      return `${kind.padEnd(name)}${cells.join('')}  ${faultKinds[kind]}`;
    });
    const legend = phases.map((phase, at) => `P${at} ${phase}`).join(', ');
    const reasons = new Map<string, Set<string>>();
    for (const kind of kinds) {
      for (const phase of phases) {
        const reason = impossible(kind, phase);
        if (reason === null) continue;
        reasons.set(reason, (reasons.get(reason) ?? new Set()).add(kind));
      }
    }
    const why = [...reasons].map(([reason, kinds]) => `- ${[...kinds].join(', ')}: ${reason}`);
    return [`${' '.repeat(name)}${heads}`, ...rows, legend, 'Cells that cannot be:', ...why].join(
      '\n',
    );
  }
}
