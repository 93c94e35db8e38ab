/** A logger of metrics, which writes rows to sinks. */

import type { Stateful, StateRecord } from "../core/state.js";

/** One row of metrics: keys as in SB3, e.g. `rollout/ep_rew_mean`. */
export type LogRow = Record<string, number>;

/** Receives every row that a {@link Logger} writes. */
export interface LogSink {
  /** Name under which checkpoints store the sink's state, e.g. `"csv"`; without one nothing is stored. */
  readonly name?: string;
  /**
   * Writes one row.
   *
   * @param row the metrics · @param step environment steps so far
   */
  write(row: LogRow, step: number): void;
  /** The sink's position, for checkpoints. */
  getState?(): StateRecord;
  /** Removes what was written after {@link LogSink.getState}: a resumed run writes it again. */
  setState?(state: StateRecord): void;
  /** Closes the sink. */
  close?(): void;
}

/**
 * Collects metrics by name and writes them to its sinks.
 *
 * @example
 * ```ts
 * const logger = new Logger([new TableSink()]);
 * logger.record("rollout/ep_rew_mean", 12.5);
 * logger.dump(4096);
 * ```
 */
export class Logger implements Stateful {
  private row: LogRow = {};
  private counts: Record<string, number> = {};

  /** @param sinks receivers of the rows; more can be added later */
  constructor(readonly sinks: LogSink[] = []) {}

  /** Sets a metric of the current row. */
  record(key: string, value: number): void {
    this.row[key] = value;
  }

  /** Adds a value to the mean of a metric of the current row. */
  recordMean(key: string, value: number): void {
    const count = this.counts[key] ?? 0;
    this.counts[key] = count + 1;
    this.row[key] = ((this.row[key] ?? 0) * count + value) / (count + 1);
  }

  /** Sets several metrics. */
  recordAll(row: LogRow): void {
    Object.assign(this.row, row);
  }

  /**
   * Writes the row to every sink, unless it is empty, and starts the next one; returns it. When a sink fails, the
   * others get the row nevertheless; then the first error is thrown.
   */
  dump(step: number): LogRow {
    const row = this.row;
    this.row = {};
    this.counts = {};
    if (Object.keys(row).length > 0) this.each((sink) => sink.write(row, step));
    return row;
  }

  /**
   * Writes a separate row to every sink, apart from the current one: an evaluation in the middle of an
   * iteration is logged at its own step and does not split means. Errors of sinks are handled as in `dump`.
   */
  write(row: LogRow, step: number): void {
    this.each((sink) => sink.write(row, step));
  }

  /** Closes all sinks, even if one of them fails; then throws the first error. */
  close(): void {
    this.each((sink) => sink.close?.());
  }

  private each(act: (sink: LogSink) => void): void {
    const failures: unknown[] = [];
    for (const sink of this.sinks) {
      try {
        act(sink);
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** @inheritDoc */
  getState(): StateRecord {
    const sinks: StateRecord = {};
    for (const [name, sink] of this.named()) {
      const state = sink.getState?.();
      if (state) sinks[name] = state;
    }
    return { row: { ...this.row }, counts: { ...this.counts }, sinks };
  }

  /** Restores a state; sinks that were not saved are left unchanged. */
  setState({ row, counts, sinks }: StateRecord): void {
    this.row = { ...(row as LogRow) };
    this.counts = { ...(counts as Record<string, number>) };
    for (const [name, sink] of this.named()) {
      const state = (sinks as StateRecord)[name];
      if (state) sink.setState?.(state as StateRecord);
    }
  }

  // Several sinks with the same name, such as two CSV files, are numbered: "csv", "csv 2".
  private named(): Map<string, LogSink> {
    const named = new Map<string, LogSink>();
    for (const sink of this.sinks) {
      if (sink.name === undefined) continue;
      let key = sink.name;
      for (let n = 2; named.has(key); n++) key = `${sink.name} ${n}`;
      named.set(key, sink);
    }
    return named;
  }
}
