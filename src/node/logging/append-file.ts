/** A file that grows at its end. */

import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { LoggingError } from "../../core/errors.js";

/**
 * Appends to a file, which is made with its folder when it is missing. Writing is synchronous: a row is
 * in the file when `write` returns, whatever happens to the process.
 */
export class AppendFile {
  private descriptor?: number;

  /** @param path where it lies */
  constructor(readonly path: string) {}

  /** Everything in the file; empty when there is none. */
  read(): string {
    return this.attempt("read", () => {
      try {
        return readFileSync(this.path, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
        throw error;
      }
    });
  }

  /** Adds to the end: wholly, or not at all when the disk is full. */
  append(data: string | Uint8Array): void {
    this.attempt("write", () => {
      const file = this.open();
      const bytes = typeof data === "string" ? Buffer.from(data) : data;
      const { size } = fstatSync(file);
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      } catch (error) {
        cut(file, size); // the next row must not follow half a one
        throw error;
      }
    });
  }

  /** Replaces the contents: wholly, or not at all when the process is killed. */
  rewrite(text: string): void {
    this.attempt("write", () => {
      this.close();
      mkdirSync(dirname(this.path), { recursive: true });
      try {
        writeFileSync(`${this.path}.tmp`, text);
        renameSync(`${this.path}.tmp`, this.path);
      } catch (error) {
        rmSync(`${this.path}.tmp`, { force: true });
        throw error;
      }
    });
  }

  /** Closes the file; the next write opens it again. */
  close(): void {
    if (this.descriptor === undefined) return;
    closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private open(): number {
    if (this.descriptor === undefined) {
      mkdirSync(dirname(this.path), { recursive: true });
      this.descriptor = openSync(this.path, "a");
    }
    return this.descriptor;
  }

  private attempt<Result>(what: string, act: () => Result): Result {
    try {
      return act();
    } catch (cause) {
      if (cause instanceof LoggingError) throw cause;
      throw new LoggingError(`cannot ${what} the log ${this.path}: ${(cause as Error).message}`, { cause });
    }
  }
}

function cut(file: number, size: number): void {
  try {
    ftruncateSync(file, size);
  } catch {
    // not a file on a disk, such as a pipe
  }
}
