/** Determines why a child process ended. */

import { readFileSync } from "node:fs";
import { constants } from "node:os";

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** Descriptions of signals. */
export function describeExit(code: number | null, signal: string | null): string {
  if (signal) return `killed by ${signal}`;
  return code === null ? "" : `exit code ${code}`;
}

/**
 * Why a child of this process is about to end or has ended, without the event loop, as long as Node has not
 * reaped it; empty if the system does not report it (only Linux does).
 */
export function exitReason(pid: number): string {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return "";
  }
  // The name, in parentheses, may contain anything; the last of the 52 fields is the status as of wait(2).
  const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
  const value = Number(fields[49]);
  if (!Number.isInteger(value)) return "";
  const signal = value & 0x7f;
  return signal
    ? describeExit(null, signalNames.get(signal) ?? `signal ${signal}`)
    : `exit code ${value >> 8}`;
}
