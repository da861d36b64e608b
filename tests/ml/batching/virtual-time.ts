import type { Clock } from '../../../src/base/clock';
import type { Timers } from '../../../src/ml/batching/timers';

/** Time that moves from one timer to the next; what is due at one moment runs in the order it was set. */
export class VirtualTime implements Clock, Timers {
  private readonly due: { at: number; seq: number; work: () => void }[] = [];
  private passed = 0;
  private seq = 0;

  now = (): Date => new Date(this.passed);
  elapsed = (): number => this.passed;

  after(ms: number, work: () => void): () => void {
    const timer = { at: this.passed + Math.max(0, ms), seq: this.seq++, work };
    this.due.push(timer);
    return () => {
      const index = this.due.indexOf(timer);
      if (index >= 0) this.due.splice(index, 1);
    };
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Runs until nothing is due, or until `end`. */
  async run(end = Infinity): Promise<void> {
    for (;;) {
      for (let turn = 0; turn < 30; turn++) await Promise.resolve();
      const next = this.due.toSorted((a, b) => a.at - b.at || a.seq - b.seq)[0];
      if (!next || next.at > end) break;
      this.due.splice(this.due.indexOf(next), 1);
      this.passed = next.at;
      next.work();
    }
    if (end !== Infinity) this.passed = Math.max(this.passed, end);
  }

  get pending(): number {
    return this.due.length;
  }
}
