/** Identity of a process: process ids are reused, so an id alone is not enough. */

import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { codeOf } from "../disk-failure.js";

/** What identifies a process uniquely. */
export interface ProcessIdentity {
  /** Process id. */
  pid: number;
  /** Host name of the machine or container. */
  host: string;
  /** Id of the machine's boot, if known; null otherwise. */
  boot: string | null;
  /** Id of the PID namespace, as of a container; null on systems without namespaces. */
  room: string | null;
  /** Start time of the process as reported by the system; null if unknown. */
  started: string | null;
}

/** The identity of this process. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, host: hostname(), ...bootAndRoom(), started: startOf(process.pid) };
}

/**
 * Whether a process is still running: `"running"`, `"gone"`, or `"elsewhere"` when it is, or was, on another machine,
 * so that this one cannot tell. A process with the same id that started at another time is another process.
 */
export function processStatus({
  pid,
  host,
  boot,
  room,
  started,
}: ProcessIdentity): "running" | "gone" | "elsewhere" {
  const here = bootAndRoom();
  if (host !== hostname()) return "elsewhere";
  if (boot !== here.boot) return "gone"; // the machine was rebooted
  if (room !== here.room) return "elsewhere"; // another container with the same host name
  if (!isRunning(pid)) return "gone";
  const now = startOf(pid);
  return started !== null && now !== null && started !== now ? "gone" : "running";
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM"; // it exists, and belongs to another user
  }
}

function bootAndRoom(): Pick<ProcessIdentity, "boot" | "room"> {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return { boot, room: readlinkSync("/proc/self/ns/pid") };
  } catch {
    return { boot: null, room: null }; // not Linux
  }
}

function startOf(pid: number): string | null {
  try {
    // The program's name, in parentheses, may contain anything; the start time is the 20th field after it.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\)\s/s, "")
      .split(" ");
    return fields[0] === "Z" ? "ended" : (fields[19] ?? null);
  } catch {
    if (process.platform === "win32" || process.platform === "linux") return null;
  }
  try {
    const words = ["-o", "lstart=", "-p", String(pid)];
    return execFileSync("ps", words, { encoding: "utf8", stdio: "pipe" }).trim() || null;
  } catch {
    return null;
  }
}
