/** A pair of pipes that this process reads and writes without an event loop. */

import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AleError } from "./errors.js";

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Both ends of a request pipe and a reply pipe, and a log for everything the child prints. */
export interface Pipes {
  /** Where this process writes requests. */
  request: number;
  /** Where this process reads replies, waiting for them. */
  reply: number;
  /** The same pipe, read without waiting; for the time until the child's first word. */
  replyNow: number;
  /** The child's ends: requests to read, replies to write. */
  child: { request: number; reply: number };
  /** A file that is deleted already and lives as long as it is open. */
  log: number;
}

/**
 * Opens everything before the child exists, so that no `open` can wait for a child that died, and
 * deletes the names at once, so that nothing is left behind however the processes end.
 */
export function openPipes(): Pipes {
  const folder = mkdtempSync(join(tmpdir(), "ale-bindings-"));
  const opened: number[] = [];
  const open = (name: string, flags: number | string) => {
    const fd = openSync(join(folder, name), flags);
    opened.push(fd);
    return fd;
  };
  try {
    const made = spawnSync("mkfifo", ["-m", "600", join(folder, "request"), join(folder, "reply")]);
    if (made.status !== 0) {
      throw new AleError(
        "UNSUPPORTED_PLATFORM",
        `expected a system with named pipes (Linux, macOS, WSL), but mkfifo failed on ${process.platform}` +
          `: ${made.error?.message ?? String(made.stderr).trim()}. On Windows, run this inside WSL`,
        { cause: made.error },
      );
    }
    // A reader that does not wait comes first: then neither end has to wait for the other.
    const requestNow = open("request", O_RDONLY | O_NONBLOCK);
    const request = open("request", O_WRONLY);
    const childRequest = open("request", O_RDONLY);
    const replyNow = open("reply", O_RDONLY | O_NONBLOCK);
    const childReply = open("reply", O_WRONLY);
    const reply = open("reply", O_RDONLY);
    const log = open("log", "w+");
    closeSync(requestNow);
    return { request, reply, replyNow, child: { request: childRequest, reply: childReply }, log };
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
