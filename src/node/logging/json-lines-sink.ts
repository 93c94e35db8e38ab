/** A log as lines of JSON. */

import { checkOptions } from "../../core/check-options.js";
import type { StateRecord } from "../../core/state.js";
import type { LogRow, LogSink } from "../../logging/index.js";
import { LineLog, type LineSinkOptions, lineSinkNames } from "./line-log.js";

/**
 * Writes each row as one line of JSON, `step` first. JSON has no NaN and no infinity: they become `null`.
 * An existing file is continued.
 *
 * @example
 * ```ts
 * import { Logger } from "ncps-ts/logging";
 * import { JsonLinesSink } from "ncps-ts/node";
 *
 * const logger = new Logger([new JsonLinesSink("runs/breakout/progress.jsonl")]);
 * ```
 */
export class JsonLinesSink implements LogSink {
  /** @inheritDoc */
  readonly name = "jsonl";
  private readonly log: LineLog;

  /**
   * @param path the file; its folder is created when missing · @param options receiver of warnings
   * @throws LoggingError when it cannot be read or written, or is not such a log
   */
  constructor(path: string, options: LineSinkOptions = {}) {
    if (new.target === JsonLinesSink) checkOptions("JsonLinesSink", options, lineSinkNames);
    const { warn } = options;
    this.log = new LineLog(path, { headerLines: 0, beginning: '{"step":', isRow, warn });
  }

  /** Adds a row. */
  write(row: LogRow, step: number): void {
    this.log.append(JSON.stringify({ step, ...row }));
  }

  /** @inheritDoc */
  close(): void {
    this.log.close();
  }

  /** @inheritDoc */
  getState(): StateRecord {
    return this.log.getState();
  }

  /** @inheritDoc */
  setState(state: StateRecord): void {
    this.log.setState(state);
  }
}

function isRow(line: string): boolean {
  try {
    return typeof JSON.parse(line)?.step === "number";
  } catch {
    return false;
  }
}
