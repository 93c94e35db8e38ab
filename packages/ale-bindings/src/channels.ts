/** Channels shared by two processes: two pipes, read and written without an event loop, and a file. */

import { spawnSync } from "node:child_process";
import { accessSync, closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AleError, startFailed } from "./errors.js";

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Open file descriptors. The files no longer have names and live as long as they are open. */
export interface Channels {
  /** Where this process writes requests. */
  request: number;
  /** Where this process reads replies, waiting for them. */
  reply: number;
  /** The same pipe, read without waiting; until the child's first message. */
  replyNow: number;
  /** The child's ends: requests to read, replies to write. */
  child: { request: number; reply: number };
  /** A file for observations: one copy instead of two through a pipe. */
  observation: number;
  /** A file for everything the child prints. */
  log: number;
}

/**
 * Opens everything before the child exists, so that no `open` can wait for a child that died, and
 * deletes the names at once, so that nothing is left behind however the processes end.
 *
 * @throws AleError `UNSUPPORTED_PLATFORM`, `START_FAILED`
 */
export function openChannels(): Channels {
  const folder = ownFolder();
  const opened: number[] = [];
  const open = (name: string, flags: number | string) => {
    const fd = openSync(join(folder, name), flags);
    opened.push(fd);
    return fd;
  };
  try {
    const made = spawnSync("mkfifo", ["-m", "600", join(folder, "request"), join(folder, "reply")]);
    const missing = (made.error as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
    if (made.error && !missing) throw made.error;
    if (made.status !== 0) {
      throw new AleError(
        "UNSUPPORTED_PLATFORM",
        `expected a system with named pipes (Linux, macOS, WSL), but mkfifo failed on ${process.platform}` +
          `: ${made.error?.message ?? String(made.stderr).trim()}. On Windows use AsyncAtariEnv, ` +
          "AsyncALEInterface or AtariVectorEnv, or run this inside WSL",
        { cause: made.error },
      );
    }
    // A non-blocking reader is opened first: then neither end has to wait for the other.
    const requestNow = open("request", O_RDONLY | O_NONBLOCK);
    const request = open("request", O_WRONLY);
    const childRequest = open("request", O_RDONLY);
    const replyNow = open("reply", O_RDONLY | O_NONBLOCK);
    const childReply = open("reply", O_WRONLY);
    const reply = open("reply", O_RDONLY);
    const observation = open("observation", "w+");
    const log = open("log", "w+");
    closeSync(requestNow);
    const child = { request: childRequest, reply: childReply };
    return { request, reply, replyNow, child, observation, log };
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    throw error instanceof AleError ? error : startFailed(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ownFolder(): string {
  try {
    return mkdtempSync(join(memoryFolder(), "ale-bindings-"));
  } catch (error) {
    throw startFailed(error);
  }
}

// An in-memory folder if available, so that observations are never written to disk.
function memoryFolder(): string {
  try {
    accessSync("/dev/shm", constants.W_OK | constants.X_OK);
    return "/dev/shm";
  } catch {
    return tmpdir();
  }
}

/** Whether this system has named pipes. */
export function hasNamedPipes(): boolean {
  if (process.platform === "win32") return false;
  const { error } = spawnSync("mkfifo", ["--version"]);
  return (error as NodeJS.ErrnoException | undefined)?.code !== "ENOENT"; // EMFILE does not mean that
}
