/** Who a process is: numbers of processes are used again, so that a number alone says little. */

import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { codeOf } from "../disk-failure.js";

/** What tells a process from all others. */
export interface ProcessIdentity {
  /** Its number. */
  pid: number;
  /** The machine, or container. */
  host: string;
  /** The start of the machine, where it can be known; null elsewhere. */
  boot: string | null;
  /** Within which numbers of processes mean the same, as those of a container; null where there is but one such room. */
  room: string | null;
  /** When it started, as the system tells it; null where it does not. */
  started: string | null;
}

/** This process. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, host: hostname(), ...bootAndRoom(), started: startOf(process.pid) };
}

/**
 * Whether a process runs still: `"running"`, `"gone"`, or `"elsewhere"` when it is, or was, on another machine and
 * nobody here can tell. A process of the same number that started at another time is another one.
 */
export function lookFor({
  pid,
  host,
  boot,
  room,
  started,
}: ProcessIdentity): "running" | "gone" | "elsewhere" {
  const here = bootAndRoom();
  if (host !== hostname()) return "elsewhere";
  if (boot !== here.boot) return "gone"; // the machine was started anew
  if (room !== here.room) return "elsewhere"; // another container that has the machine's name
  if (!isRunning(pid)) return "gone";
  const now = startOf(pid);
  return started !== null && now !== null && started !== now ? "gone" : "running";
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM"; // it is there, and somebody else's
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
    // The name of the program, in parentheses, may hold anything; the start is the 20th field behind it.
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
