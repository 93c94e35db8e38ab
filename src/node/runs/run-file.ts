/** `run.json`: the configuration and environment of each start of a run. */

import { existsSync, lstatSync, readFileSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { version_core as tfjsVersion } from "@tensorflow/tfjs-core";
import { LIBRARY_VERSION } from "../../checkpoints/index.js";
import { InvalidArgumentError, InvalidStateError } from "../../core/errors.js";
import type { StateRecord } from "../../core/state.js";
import { codeOf } from "../disk-failure.js";
import { replaceFile } from "../replace-file.js";
import { maskedCommand } from "./masked-command.js";

/** Name of the file. */
export const RUN_FILE = "run.json";

/** One start of a run, as stored in the file. */
export interface RunStart {
  /** Time of the start, as ISO 8601. */
  started: string;
  /** The program and its arguments, with secrets masked. */
  command: string[];
  /** Versions of this library, TensorFlow.js and Node. */
  versions: Record<string, string>;
  /** Operating system and processor. */
  platform: string;
  /** The `config` of `openRun`. */
  config: StateRecord;
}

/**
 * Reads a folder's `run.json`: the starts of a run of this library; `"missing"`, `"empty"`, or `"damaged"` when it is
 * not JSON, as after a power cut.
 *
 * @throws InvalidStateError when it is intact, but not a run's
 */
export function readRunFile(folder: string): RunStart[] | "missing" | "empty" | "damaged" {
  const file = join(folder, RUN_FILE);
  try {
    if (!lstatSync(file).isFile()) {
      throw new InvalidStateError(`${file} is not a file, so ${folder} is not a run. Choose another folder`);
    }
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "missing";
    throw error;
  }
  const text = readFileSync(file, "utf8");
  if (text.trim() === "") return "empty";
  let starts: unknown;
  try {
    starts = (JSON.parse(text) as { starts?: unknown } | null)?.starts;
    JSON.stringify(starts); // it is written again with the next start
  } catch {
    return "damaged";
  }
  if (Array.isArray(starts) && starts.length > 0 && starts.every(isStart)) return starts;
  throw new InvalidStateError(
    `${file} is not a run's, or was damaged: expected a list "starts" as openRun writes it. Choose another folder; or, if it is a run, move ${file} away: the run is recognised by its checkpoints`,
  );
}

/** Adds this start to the earlier ones. A damaged file is kept as `run.json.damaged`. */
export function writeRunFile(
  folder: string,
  earlier: readonly RunStart[],
  config: StateRecord,
  damaged = false,
): void {
  const file = join(folder, RUN_FILE);
  const [program = "", ...words] = process.argv.slice(1);
  const start: RunStart = {
    started: new Date().toISOString(),
    command: [basename(program), ...maskedCommand(words)],
    versions: {
      "ncps-ts": LIBRARY_VERSION,
      "@tensorflow/tfjs-core": tfjsVersion,
      node: process.version,
    },
    platform: `${process.platform}-${process.arch}`,
    config,
  };
  if (damaged) {
    let aside = `${file}.damaged`;
    for (let n = 2; existsSync(aside); n++) aside = `${file}.damaged-${n}`;
    renameSync(file, aside);
  }
  replaceFile(file, `${JSON.stringify({ starts: [...earlier, start] }, null, 2)}\n`);
}

/** Checks that a config can be written as JSON. */
export function checkConfig(config: StateRecord): void {
  try {
    JSON.stringify(config);
  } catch (cause) {
    throw new InvalidArgumentError(
      "config",
      `expected plain values, received something that is not JSON: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function isStart(start: unknown): start is RunStart {
  const { started, versions } = (start ?? {}) as Partial<RunStart>;
  return typeof started === "string" && typeof versions?.["ncps-ts"] === "string";
}
