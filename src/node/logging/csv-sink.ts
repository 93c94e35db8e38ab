/** Rows as comma-separated values. */

import type { StateRecord } from "../../core/state.js";
import type { LogRow, LogSink } from "../../logging/index.js";
import { LineLog } from "./line-log.js";

const STEP = "step";

/**
 * Writes rows to a CSV file, SB3's `progress.csv`: one column a key, `step` first. Keys that appear later
 * become further columns, empty in the rows before. Non-finite numbers are `nan`, `inf` and `-inf`, which
 * pandas and R read. An earlier file is continued.
 *
 * @example
 * ```ts
 * import { Logger } from "ncps-ts";
 * import { CsvSink } from "ncps-ts/node";
 *
 * const logger = new Logger([new CsvSink("runs/breakout/progress.csv")]);
 * ```
 */
export class CsvSink implements LogSink {
  /** @inheritDoc */
  readonly name = "csv";
  private readonly log: LineLog;
  private readonly columns: string[];

  /**
   * @param path the file; its folder is made when it is missing
   * @throws LoggingError when it cannot be read or written
   */
  constructor(path: string) {
    this.log = new LineLog(path, 1);
    const [header] = this.log.lines();
    this.columns = header === undefined ? [] : unquoteAll(header);
  }

  /** Adds a row. */
  write(row: LogRow, step: number): void {
    const given: LogRow = { [STEP]: step, ...row };
    const fresh = Object.keys(given).filter((key) => !this.columns.includes(key));
    if (fresh.length > 0) this.addColumns(fresh);
    this.log.append(this.columns.map((key) => (key in given ? format(given[key]) : "")).join(","));
  }

  /** @inheritDoc */
  close(): void {
    this.log.close();
  }

  /** @inheritDoc */
  getState(): StateRecord {
    return this.log.getState();
  }

  /** @inheritDoc */
  setState(state: StateRecord): void {
    this.log.setState(state);
  }

  private addColumns(keys: string[]): void {
    const rows = this.log.lines().slice(1);
    this.columns.push(...keys);
    const header = this.columns.map(quote).join(",");
    this.log.rewrite([header, ...rows.map((row) => row + ",".repeat(keys.length))]);
  }
}

function format(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}

// RFC 4180: keys with commas or quotes stand in quotes.
function quote(key: string): string {
  return /[",]/.test(key) ? `"${key.replaceAll('"', '""')}"` : key;
}

function unquoteAll(header: string): string[] {
  return [...header.matchAll(/"((?:[^"]|"")*)"(?:,|$)|([^,]+)(?:,|$)/g)].map(
    ([, quoted, plain]) => plain ?? quoted.replaceAll('""', '"'),
  );
}
