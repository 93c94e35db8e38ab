/** The logs of a run's folder, which are opened with the first row. */

import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { LoggingError } from "../../core/errors.js";
import type { StateRecord } from "../../core/state.js";
import type { LogRow, LogSink } from "../../logging/index.js";
import { reasonOf } from "../disk-failure.js";
import { CsvSink } from "../logging/csv-sink.js";
import { JsonLinesSink } from "../logging/json-lines-sink.js";
import { TensorBoardSink } from "../logging/tensorboard-sink.js";
import { isLog } from "./run-contents.js";

/** Kinds of log files. */
export type LogFormat = "csv" | "jsonl" | "tensorboard";

/** All kinds of log files. */
export const FORMATS: readonly LogFormat[] = ["csv", "jsonl", "tensorboard"];

/** What {@link runLogs} needs. */
export interface RunLogsOptions {
  /** The run's folder. */
  folder: string;
  /** The logs to write. */
  formats: readonly LogFormat[];
  /** Throws when this process may no longer write to the folder. */
  check(): void;
  /** Called about rows that are moved, missing, or not rows. */
  warn(text: string): void;
}

/**
 * The sinks of a run. A resumed training continues with the rows of its checkpoint. One that starts from scratch has
 * new logs: rows of an earlier start are moved to `earlier-1`, `earlier-2` and so on, and never removed.
 */
export function runLogs(options: RunLogsOptions): LogSink[] {
  const { folder, formats, check, warn } = options;
  let begun = false;
  const open = (format: LogFormat): LogSink => {
    if (format === "csv") return new CsvSink(join(folder, "progress.csv"), { warn });
    if (format === "jsonl") return new JsonLinesSink(join(folder, "progress.jsonl"), { warn });
    return new TensorBoardSink(folder);
  };
  return formats.map((format): LogSink => {
    let sink: LogSink | undefined;
    const opened = (resumed = false) => {
      check();
      if (!begun && !resumed) setAside(folder, warn);
      begun = true;
      sink ??= open(format);
      return sink;
    };
    return {
      name: format,
      write: (row: LogRow, step: number) => opened().write(row, step),
      getState: () => opened().getState?.() ?? {},
      setState: (state: StateRecord) => opened(true).setState?.(state),
      close: () => sink?.close?.(),
    };
  });
}

function setAside(folder: string, warn: (text: string) => void): void {
  try {
    const logs = readdirSync(folder).filter((name) => isLog(name) && statSync(join(folder, name)).size > 0);
    if (logs.length === 0) return;
    // The first folder without such logs: one that a killed process began is completed.
    const place = (n: number) => join(folder, `earlier-${n}`);
    let n = 1;
    while (logs.some((name) => existsSync(join(place(n), name)))) n++;
    mkdirSync(place(n), { recursive: true });
    for (const name of logs) renameSync(join(folder, name), join(place(n), name));
    warn(`this training starts from scratch: the logs of an earlier one were moved to ${place(n)}`);
  } catch (cause) {
    throw new LoggingError(`the earlier logs of ${folder} cannot be set aside: ${reasonOf(cause)}`, {
      cause,
    });
  }
}
