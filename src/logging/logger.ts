/** Named figures of a run, gathered step by step and handed to sinks. */

/** One row of figures: keys as in SB3, e.g. `rollout/ep_rew_mean`. */
export type LogRow = Record<string, number>;

/** Receives every row that a {@link Logger} dumps. */
export interface LogSink {
  /**
   * Takes one row.
   *
   * @param row the figures · @param step environment steps so far
   */
  write(row: LogRow, step: number): void;
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
export class Logger {
  private row: LogRow = {};

  /** @param sinks where rows go; more can be added later */
  constructor(readonly sinks: LogSink[] = []) {}

  /** Sets a figure of the present row. */
  record(key: string, value: number): void {
    this.row[key] = value;
  }

  /** Sets several figures. */
  recordAll(row: LogRow): void {
    Object.assign(this.row, row);
  }

  /** Hands the row to every sink, unless it is empty, and starts the next one; returns it. */
  dump(step: number): LogRow {
    const row = this.row;
    this.row = {};
    if (Object.keys(row).length > 0) for (const sink of this.sinks) sink.write(row, step);
    return row;
  }
}
