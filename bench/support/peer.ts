/** PyTorch as a peer of benchmarks: a process of its own that runs one repetition when told to. */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Measurement } from "./alternate.js";

/** A running peer. */
export interface Peer {
  /** Name and version. */
  name: string;
  /** Runs a case of the script once; its first run prepares it. */
  run(peerCase: object): Promise<Measurement>;
  /** Ends the process. */
  close(): void;
}

/**
 * Starts PyTorch by the Python of `NCPS_BENCH_PYTHON`, or `python3` where it has torch; undefined, with a word
 * on the console, where there is none.
 *
 * @param script of bench/peers
 */
export async function startPyTorch(
  script: "pytorch.py" | "recurrent.py" | "ppo.py" = "pytorch.py",
): Promise<Peer | undefined> {
  const python = process.env.NCPS_BENCH_PYTHON ?? "python3";
  if (spawnSync(python, ["-c", "import torch"], { stdio: "ignore" }).status !== 0) {
    console.error(`${python} has no torch: set NCPS_BENCH_PYTHON to a Python that has, to compare`);
    return undefined;
  }
  const child = spawn(python, [fileURLToPath(new URL(`../peers/${script}`, import.meta.url))]);
  child.stderr.pipe(process.stderr);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const { version } = (await nextLine(lines, child)) as { version: string };
  return {
    name: `PyTorch ${version}`,
    async run(peerCase) {
      child.stdin.write(`${JSON.stringify(peerCase)}\n`);
      return (await nextLine(lines, child)) as Measurement;
    },
    close: () => void child.stdin.end(),
  };
}

async function nextLine(
  lines: AsyncIterator<string>,
  child: ChildProcessWithoutNullStreams,
): Promise<unknown> {
  const { value, done } = await lines.next();
  if (done) throw new Error(`PyTorch ended with status ${child.exitCode}`);
  return JSON.parse(value);
}
