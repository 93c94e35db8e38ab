/** A log of one line a row, which can be taken back to an earlier row. */

import type { StateRecord } from "../../core/state.js";
import { AppendFile } from "./append-file.js";

/** Counts the rows of a text file and cuts those that a resumed run writes again. */
export class LineLog {
  private readonly file: AppendFile;
  private rows: number;

  /** @param path where it lies; an earlier file is continued · @param headerLines lines before the first row */
  constructor(
    path: string,
    private readonly headerLines: number,
  ) {
    this.file = new AppendFile(path);
    const text = this.file.read();
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length) this.file.rewrite(whole); // the process was killed within a line
    this.rows = Math.max(0, linesOf(whole).length - headerLines);
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

  /** The number of rows. */
  getState(): StateRecord {
    return { rows: this.rows };
  }

  /** Cuts the rows after the saved number. */
  setState({ rows }: StateRecord): void {
    if (this.rows > (rows as number)) {
      this.rewrite(this.lines().slice(0, this.headerLines + (rows as number)));
    }
  }
}

function linesOf(text: string): string[] {
  return text.split("\n").slice(0, -1);
}
