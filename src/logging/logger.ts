/** Named figures of a run, gathered step by step and handed to sinks. */

import type { Stateful, StateRecord } from "../core/state.js";

/** One row of figures: keys as in SB3, e.g. `rollout/ep_rew_mean`. */
export type LogRow = Record<string, number>;

/** Receives every row that a {@link Logger} dumps. */
export interface LogSink {
  /** Name under which checkpoints keep the sink's place, e.g. `"csv"`; without one nothing is kept. */
  readonly name?: string;
  /**
   * Takes one row.
   *
   * @param row the figures · @param step environment steps so far
   */
  write(row: LogRow, step: number): void;
  /** How far the sink has written. */
  getState?(): StateRecord;
  /** Forgets what was written after {@link LogSink.getState}: a resumed run writes it again. */
  setState?(state: StateRecord): void;
  /** Ends writing. */
  close?(): void;
}

/**
 * Gathers figures under names and dumps them to its sinks.
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

  /** @param sinks where rows go; more can be added later */
  constructor(readonly sinks: LogSink[] = []) {}

  /** Sets a figure of the present row. */
  record(key: string, value: number): void {
    this.row[key] = value;
  }

  /** Takes a figure into the mean of the present row. */
  recordMean(key: string, value: number): void {
    const count = this.counts[key] ?? 0;
    this.counts[key] = count + 1;
    this.row[key] = ((this.row[key] ?? 0) * count + value) / (count + 1);
  }

  /** Sets several figures. */
  recordAll(row: LogRow): void {
    Object.assign(this.row, row);
  }

  /** Hands the row to every sink, unless it is empty, and starts the next one; returns it. */
  dump(step: number): LogRow {
    const row = this.row;
    this.row = {};
    this.counts = {};
    if (Object.keys(row).length > 0) for (const sink of this.sinks) sink.write(row, step);
    return row;
  }

  /** Ends all sinks. */
  close(): void {
    for (const sink of this.sinks) sink.close?.();
  }

  /** @inheritDoc */
  getState(): StateRecord {
    const sinks: StateRecord = {};
    for (const { name, state } of this.sinks.map((sink) => ({ name: sink.name, state: sink.getState?.() }))) {
      if (name !== undefined && state) sinks[name] = state;
    }
    return { row: { ...this.row }, counts: { ...this.counts }, sinks };
  }

  /** Puts a state back; sinks that were not there when it was saved stay as they are. */
  setState({ row, counts, sinks }: StateRecord): void {
    this.row = { ...(row as LogRow) };
    this.counts = { ...(counts as Record<string, number>) };
    for (const sink of this.sinks) {
      const state = (sinks as StateRecord)[sink.name ?? ""];
      if (state) sink.setState?.(state as StateRecord);
    }
  }
}
