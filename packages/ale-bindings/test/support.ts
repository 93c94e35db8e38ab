/** Helpers shared by the tests: whether ale-py is available, and results of plain Python. */

import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ALEInterface, AleError, pythonPath } from "../src/index.js";

/** Whether real Atari can be played here; prints once how to install it if not. */
export const hasAle = look();

function look(): boolean {
  try {
    new ALEInterface().close();
    return true;
  } catch (error) {
    if (!(error instanceof AleError && ["PYTHON_MISSING", "PACKAGE_MISSING"].includes(error.code)))
      throw error;
    console.warn("ale-py is not installed: these tests are skipped. To run them: npx ale-bindings install");
    return false;
  }
}

/** Runs a Python program in the same environment and returns the JSON that it prints last. */
export function python<T>(program: string, ...args: string[]): T {
  const output = execFileSync(pythonPath(), ["-c", program, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 26,
  });
  return JSON.parse(output.trim().split("\n").at(-1) as string) as T;
}

/** Creates an executable that replaces Python until the end of the test. */
export function fakePython(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), "fake-python-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "python");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Whether a process is running; one that has ended but was not reaped yet counts as gone. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return process.platform !== "linux";
  }
}

/** Waits until a process is gone; false if it still runs after `milliseconds`. */
export async function ends(pid: number, milliseconds = 3000): Promise<boolean> {
  for (const deadline = performance.now() + milliseconds; performance.now() < deadline; ) {
    if (!isRunning(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** The action that every trace plays at step `i`; the Python programs use the same formula. */
export function traceAction(i: number, count: number): number {
  return (i * 7 + Math.floor(i / 13) * 5) % count;
}
