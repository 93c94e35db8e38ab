/** Atomic replacement of a small file: neither a kill nor a power cut can lose both the old and the new one. */

import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf } from "./disk-failure.js";

/**
 * Replaces a file's contents atomically: they are written to a temporary file next to it, synced to the disk, and
 * renamed. An existing temporary file is removed first: a symbolic link is never followed.
 */
export function replaceFile(path: string, contents: string): void {
  const temporary = `${path}.tmp`;
  rmSync(temporary, { force: true });
  try {
    const file = openSync(temporary, "wx");
    try {
      const bytes = Buffer.from(contents);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** Makes renames in a folder durable. Windows cannot open folders, and does not need it. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    syncFile(folder);
  } finally {
    closeSync(folder);
  }
}

/** Syncs a file to the disk; does nothing for pipes and file systems that do not support it. */
export function syncFile(descriptor: number): void {
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if (!["EINVAL", "ENOTSUP", "ENOSYS"].includes(codeOf(error) ?? "")) throw error;
  }
}
