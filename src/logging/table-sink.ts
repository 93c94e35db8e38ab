/** A sink that prints tables to the terminal. */

import { checkOptions, optionNames } from "../core/check-options.js";
import type { LogRow, LogSink } from "./logger.js";

const MOST_LETTERS = 36;

/** Options of {@link TableSink}. */
export interface TableSinkOptions {
  /** Receives the finished table; default `console.log`. */
  print?: (text: string) => void;
}

const names = optionNames<TableSinkOptions>({
  print: true,
});

/**
 * Prints each row in the form of SB3's table: a box with one group (`rollout`, `time`, `train`) after another.
 *
 * @example
 * ```ts
 * await trainer.learn({ totalTimesteps: 50_000, logger: new Logger([new TableSink()]) });
 * ```
 */
export class TableSink implements LogSink {
  private readonly print: (text: string) => void;

  constructor(options: TableSinkOptions = {}) {
    if (new.target === TableSink) checkOptions("TableSink", options, names);
    this.print = options.print ?? console.log;
  }

  /** Prints a row; nothing if it is empty, as SB3. */
  write(row: LogRow): void {
    if (Object.keys(row).length > 0) this.print(formatTable(row));
  }
}

/**
 * Formats one row as a table, keys sorted and grouped by the prefix before the slash, long ones truncated; an empty
 * string for an empty row.
 */
export function formatTable(row: LogRow): string {
  const lines: [string, string][] = [];
  let group = "";
  for (const key of Object.keys(row).sort()) {
    const slash = key.indexOf("/");
    const head = key.slice(0, slash + 1);
    if (head !== group) {
      group = head;
      lines.push([shorten(head), ""]);
    }
    const name = head ? `   ${key.slice(slash + 1)}` : key;
    lines.push([shorten(name), formatNumber(row[key])]);
  }
  if (lines.length === 0) return "";
  const widths = [0, 1].map((column) => Math.max(...lines.map((line) => line[column].length)));
  const rule = "-".repeat(widths[0] + widths[1] + 7);
  const body = lines.map(([name, value]) => `| ${name.padEnd(widths[0])} | ${value.padEnd(widths[1])} |`);
  return [rule, ...body, rule].join("\n");
}

// As SB3, so that a table fits 80 columns.
function shorten(name: string): string {
  return name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 3)}...` : name;
}

function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (Number.isInteger(value)) return String(value);
  const text = Number(value.toPrecision(3)).toString();
  return text.includes("e") ? value.toExponential(2) : text;
}
