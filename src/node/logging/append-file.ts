/** A file that is appended to. */

import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { LoggingError } from "../../core/errors.js";
import { reasonOf } from "../disk-failure.js";
import { replaceFile, syncFile, syncFolder } from "../replace-file.js";

/**
 * Appends to a file, which is created with its folder when missing. Writing is synchronous: a row is
 * in the file when `write` returns, whatever happens to the process.
 */
export class AppendFile {
  private descriptor?: number;
  private unsynced = false;

  /** @param path path of the file */
  constructor(readonly path: string) {}

  /** Returns the contents of the file; empty when it does not exist. */
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

  /** Appends data: completely, or not at all when the disk is full. */
  append(data: string | Uint8Array): void {
    this.attempt("write", () => {
      const file = this.open();
      const bytes = typeof data === "string" ? Buffer.from(data) : data;
      const { size } = fstatSync(file);
      this.unsynced = true;
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      } catch (error) {
        cut(file, size); // the next row must not follow a partial one
        throw error;
      }
    });
  }

  /** Waits until all appended data are on the disk, so that they survive a power cut. */
  sync(): void {
    if (!this.unsynced) return;
    this.attempt("sync", () => {
      syncFile(this.open());
      syncFolder(dirname(this.path));
    });
    this.unsynced = false;
  }

  /** Replaces the contents atomically, even if the process is killed or the power is cut. */
  rewrite(text: string): void {
    this.attempt("write", () => {
      this.close();
      mkdirSync(dirname(this.path), { recursive: true });
      replaceFile(this.path, text);
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
      throw new LoggingError(`cannot ${what} the log ${this.path}: ${reasonOf(cause)}`, { cause });
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
