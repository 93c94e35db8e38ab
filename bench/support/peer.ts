/** PyTorch and tfjs-node as peers of benchmarks: separate processes that run one repetition on request. */

import { spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Measurement } from "./alternate.js";

/** A running peer. */
export interface Peer<Result extends Measurement = Measurement> {
  /** Name and version. */
  name: string;
  /** Runs a case of the script once; its first run prepares it. */
  run(peerCase: object): Promise<Result>;
  /** Ends the process. */
  close(): void;
}

/**
 * Starts PyTorch with the Python of `NCPS_BENCH_PYTHON`, or `python3` if it has torch; undefined, with a message
 * on the console, if there is none.
 *
 * @param script of bench/peers
 */
export async function startPyTorch(
  script: "pytorch.py" | "recurrent.py" | "ppo.py" = "pytorch.py",
): Promise<Peer | undefined> {
  return startPython({ name: "PyTorch", modules: ["torch"], script });
}

/** What {@link startPython} starts. */
export interface PythonPeer {
  /** Before the version that the script tells. */
  name: string;
  /** What the script imports. */
  modules: readonly string[];
  /** Of bench/peers. */
  script: string;
  /** Arguments of the script. */
  args?: readonly string[];
  /** Variables of its environment. */
  env?: Readonly<Record<string, string>>;
}

/**
 * Starts a script by the Python of `NCPS_BENCH_PYTHON`, or `python3`; undefined, with a word on the console, where
 * it has not all modules.
 */
export async function startPython<Result extends Measurement = Measurement>(
  peer: PythonPeer,
): Promise<Peer<Result> | undefined> {
  const { name, modules, script, args = [], env } = peer;
  const python = process.env.NCPS_BENCH_PYTHON ?? "python3";
  const missing = modules.filter((one) => !hasModule(python, one));
  if (missing.length > 0) {
    console.error(
      `${python} has no ${missing.join(", ")}: set NCPS_BENCH_PYTHON to a Python that has, to compare with ${name}`,
    );
    return undefined;
  }
  return start<Result>(name, python, [peerPath(script), ...args], env);
}

function hasModule(python: string, name: string): boolean {
  const finds = `import importlib.util as i, sys; sys.exit(i.find_spec("${name}") is None)`;
  return spawnSync(python, ["-c", finds], { stdio: "ignore" }).status === 0;
}

/**
 * Starts tfjs-node on `threads` threads, resolved from the folder `NCPS_BENCH_TFJS_NODE` or here; undefined, with a
 * message on the console, if it is not installed.
 */
export async function startTfjsNode(threads = 1): Promise<Peer | undefined> {
  const folder = process.env.NCPS_BENCH_TFJS_NODE ?? fileURLToPath(new URL("../..", import.meta.url));
  try {
    createRequire(join(folder, "package.json")).resolve("@tensorflow/tfjs-node");
  } catch {
    console.error(
      "no @tensorflow/tfjs-node here: set NCPS_BENCH_TFJS_NODE to a folder that has it, to compare",
    );
    return undefined;
  }
  const env = {
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: "1",
    TF_CPP_MIN_LOG_LEVEL: "2",
  };
  return start("tfjs-node", process.execPath, [peerPath("tfjs-node.mjs"), folder], env);
}

function peerPath(script: string): string {
  return fileURLToPath(new URL(`../peers/${script}`, import.meta.url));
}

async function start<Result extends Measurement>(
  name: string,
  program: string,
  args: string[],
  env: object = {},
): Promise<Peer<Result>> {
  const child = spawn(program, args, { env: { ...process.env, ...env } });
  child.stderr.pipe(process.stderr);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${name} ended with status ${child.exitCode}`);
    return JSON.parse(value);
  };
  const { version } = (await next()) as { version: string };
  return {
    name: `${name} ${version}`,
    async run(peerCase) {
      child.stdin.write(`${JSON.stringify(peerCase)}\n`);
      return (await next()) as Result;
    },
    close: () => void child.stdin.end(),
  };
}
