/** A log of one line a row, which can be taken back to an earlier row. */

import { optionNames } from "../../core/check-options.js";
import { LoggingError } from "../../core/errors.js";
import type { StateRecord } from "../../core/state.js";
import { AppendFile } from "./append-file.js";

/** Options of the sinks that write lines. */
export interface LineSinkOptions {
  /**
   * Is told when the file that a resumed run goes on with has lost rows, or holds lines that are no rows; default
   * `console.warn`.
   */
  warn?: (text: string) => void;
}

/** The names of {@link LineSinkOptions}. */
export const lineSinkNames = optionNames<LineSinkOptions>({
  warn: true,
});

/** What a {@link LineLog} needs to know of its lines. */
export interface LineLogOptions extends LineSinkOptions {
  /** Lines before the first row. */
  headerLines: number;
  /** What the text of every such log begins with. */
  beginning: string;
  /** Whether a line is a row. */
  isRow(line: string): boolean;
}

/** Counts the rows of a text file and cuts those that a resumed run writes again. */
export class LineLog {
  private readonly file: AppendFile;
  private rows: number;

  private readonly headerLines: number;

  /** @param path where it lies; an earlier file is continued · @param options what its lines are */
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
        `the log ${path} begins with ${JSON.stringify(text.slice(0, 30))}, expected ${JSON.stringify(beginning)}: it is another file, or was damaged. Move it away, and a new one is begun`,
      );
    }
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length) this.file.rewrite(whole); // the process was killed within a line
    this.rows = Math.max(0, linesOf(whole).length - this.headerLines);
  }

  /** All lines, without their ends. */
  lines(): string[] {
    return linesOf(this.file.read());
  }

  /** Adds a row. */
  append(line: string): void {
    this.file.append(`${line}\n`);
    this.rows++;
  }

  /** Replaces everything. */
  rewrite(lines: readonly string[]): void {
    this.file.rewrite(lines.map((line) => `${line}\n`).join(""));
    this.rows = Math.max(0, lines.length - this.headerLines);
  }

  /** Closes the file. */
  close(): void {
    this.file.close();
  }

  /** The number of rows, which are on the disk then: what is saved must not know of rows that can still be lost. */
  getState(): StateRecord {
    this.file.sync();
    return { rows: this.rows };
  }

  /** Cuts the rows after the saved number; tells of rows that are missing, and of lines that are none. */
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
        `the log ${this.path} has ${this.rows} rows, and the checkpoint knows of ${rows}: it was changed or cut, and ${rows - this.rows} rows are lost`,
      );
    }
    const wrong = kept.flatMap((line, i) => (i < this.headerLines || isRow(line) ? [] : [i + 1]));
    if (wrong.length > 0) {
      warn(
        `the log ${this.path} holds ${wrong.length} lines that are no rows, the first of them line ${wrong[0]}: it was changed or damaged. They are left as they are`,
      );
    }
  }
}

function linesOf(text: string): string[] {
  return text.split("\n").slice(0, -1);
}
