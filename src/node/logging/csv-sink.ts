/** A log as comma-separated values. */

import { checkOptions } from "../../core/check-options.js";
import type { StateRecord } from "../../core/state.js";
import type { LogRow, LogSink } from "../../logging/index.js";
import { LineLog, type LineSinkOptions, lineSinkNames } from "./line-log.js";

const STEP = "step";

/**
 * Writes rows to a CSV file, SB3's `progress.csv`: one column per key, `step` first. Keys that appear later
 * become further columns, empty in earlier rows. Non-finite numbers are `nan`, `inf` and `-inf`, which
 * pandas and R read. Line breaks in keys become spaces. An existing file is continued.
 *
 * @example
 * ```ts
 * import { Logger } from "ncps-ts/logging";
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
   * @param path the file; its folder is created when missing · @param options receiver of warnings
   * @throws LoggingError when it cannot be read or written, or is not such a log
   */
  constructor(path: string, options: LineSinkOptions = {}) {
    if (new.target === CsvSink) checkOptions("CsvSink", options, lineSinkNames);
    const { warn } = options;
    const isRow = (line: string) => {
      const cells = line.split(",");
      return cells.length === this.columns.length && cells[0] !== "" && Number.isFinite(Number(cells[0]));
    };
    this.log = new LineLog(path, { headerLines: 1, beginning: STEP, isRow, warn });
    const [header] = this.log.lines();
    this.columns = header === undefined ? [] : unquoteAll(header);
  }

  /** Adds a row. */
  write(row: LogRow, step: number): void {
    const given = new Map(
      Object.entries({ [STEP]: step, ...row }).map(([key, value]) => [oneLine(key), value]),
    );
    const fresh = [...given.keys()].filter((key) => !this.columns.includes(key));
    if (fresh.length > 0) this.addColumns(fresh);
    const cells = this.columns.map((key) => given.get(key));
    this.log.append(cells.map((value) => (value === undefined ? "" : format(value))).join(","));
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
    const header = [...this.columns, ...keys].map(quote).join(",");
    this.log.rewrite([header, ...rows.map((row) => row + ",".repeat(keys.length))]);
    this.columns.push(...keys);
  }
}

function format(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}

// Every row is a single line, and so is the header.
function oneLine(key: string): string {
  return key.replace(/[\r\n]+/g, " ");
}

// RFC 4180: keys with commas or quotes are quoted; and empty ones, to be visible.
function quote(key: string): string {
  return /[",]|^$/.test(key) ? `"${key.replaceAll('"', '""')}"` : key;
}

function unquoteAll(header: string): string[] {
  return [...header.matchAll(/"((?:[^"]|"")*)"(?:,|$)|([^,]+)(?:,|$)/g)].map(
    ([, quoted, plain]) => plain ?? quoted.replaceAll('""', '"'),
  );
}
