/** A log with one line per row, which can be truncated to an earlier row. */

import { optionNames } from "../../core/check-options.js";
import { LoggingError } from "../../core/errors.js";
import type { StateRecord } from "../../core/state.js";
import { AppendFile } from "./append-file.js";

/** Options of the sinks that write lines. */
export interface LineSinkOptions {
  /**
   * Called when the file that a resumed run continues has lost rows, or contains lines that are not rows; default
   * `console.warn`.
   */
  warn?: (text: string) => void;
}

/** The names of {@link LineSinkOptions}. */
export const lineSinkNames = optionNames<LineSinkOptions>({
  warn: true,
});

/** What a {@link LineLog} needs to know about its lines. */
export interface LineLogOptions extends LineSinkOptions {
  /** Number of lines before the first row. */
  headerLines: number;
  /** Beginning of the text of every such log. */
  beginning: string;
  /** Whether a line is a row. */
  isRow(line: string): boolean;
}

/** Counts the rows of a text file and removes those that a resumed run writes again. */
export class LineLog {
  private readonly file: AppendFile;
  private rows: number;

  private readonly headerLines: number;

  /** @param path path of the file; an existing one is continued · @param options format of its lines */
  constructor(
    private readonly path: string,
    private readonly options: LineLogOptions,
  ) {
    this.headerLines = options.headerLines;
    this.file = new AppendFile(path);
    const text = this.file.read();
    const { beginning } = options;
    if (!text.startsWith(beginning) && !beginning.startsWith(text)) {
      throw new LoggingError(
        `the log ${path} begins with ${JSON.stringify(text.slice(0, 30))}, expected ${JSON.stringify(beginning)}: it is another file, or was damaged. Move it away, and a new one is created`,
      );
    }
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length) this.file.rewrite(whole); // the process was killed within a line
    this.rows = Math.max(0, linesOf(whole).length - this.headerLines);
  }

  /** All lines, without line breaks. */
  lines(): string[] {
    return linesOf(this.file.read());
  }

  /** Adds a row. */
  append(line: string): void {
    this.file.append(`${line}\n`);
    this.rows++;
  }

  /** Replaces all lines. */
  rewrite(lines: readonly string[]): void {
    this.file.rewrite(lines.map((line) => `${line}\n`).join(""));
    this.rows = Math.max(0, lines.length - this.headerLines);
  }

  /** Closes the file. */
  close(): void {
    this.file.close();
  }

  /** The number of rows, after syncing them to the disk: a checkpoint must not count rows that can still be lost. */
  getState(): StateRecord {
    this.file.sync();
    return { rows: this.rows };
  }

  /** Removes the rows after the saved number; warns of missing rows, and of lines that are not rows. */
  setState({ rows: saved }: StateRecord): void {
    if (!Number.isInteger(saved) || (saved as number) < 0) {
      throw new LoggingError(`the log ${this.path}: expected a saved number of rows, received ${saved}`);
    }
    const rows = saved as number;
    const { warn = console.warn, isRow } = this.options;
    const kept = this.lines().slice(0, this.headerLines + rows);
    if (this.rows > rows) this.rewrite(kept);
    if (this.rows < rows) {
      warn(
        `the log ${this.path} has ${this.rows} rows, and the checkpoint has ${rows}: it was changed or cut, and ${rows - this.rows} rows are lost`,
      );
    }
    const wrong = kept.flatMap((line, i) => (i < this.headerLines || isRow(line) ? [] : [i + 1]));
    if (wrong.length > 0) {
      warn(
        `the log ${this.path} holds ${wrong.length} lines that are not rows, the first of them line ${wrong[0]}: it was changed or damaged. They are left as they are`,
      );
    }
  }
}

function linesOf(text: string): string[] {
  return text.split("\n").slice(0, -1);
}
