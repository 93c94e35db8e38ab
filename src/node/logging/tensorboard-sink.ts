/** A log as TensorBoard scalars. */

import { hostname } from "node:os";
import { join } from "node:path";
import type { StateRecord } from "../../core/state.js";
import type { LogRow, LogSink } from "../../logging/index.js";
import {
  encodeEventRecord,
  eventFileVersion,
  type TensorBoardEvent,
} from "../../logging/tensorboard-events.js";
import { AppendFile } from "./append-file.js";

let files = 0;

/**
 * Writes rows as scalars to an event file in a folder, for `tensorboard --logdir runs`. Each process
 * writes a separate file, as TensorBoard requires; a resumed run marks the step from which on
 * the earlier files are invalid.
 *
 * @example
 * ```ts
 * import { Logger } from "ncps-ts/logging";
 * import { TensorBoardSink } from "ncps-ts/node";
 *
 * const logger = new Logger([new TensorBoardSink("runs/breakout")]);
 * ```
 */
export class TensorBoardSink implements LogSink {
  /** @inheritDoc */
  readonly name = "tensorboard";
  /** The event file. */
  readonly path: string;
  private readonly file: AppendFile;
  private started = false;
  private lastStep = -1;
  // All rows of the last step: an evaluation and an update may share one.
  private lastRows: LogRow[] = [];

  /** @param directory the folder; it is created when missing */
  constructor(directory: string) {
    const second = Math.floor(Date.now() / 1000);
    this.path = join(directory, `events.out.tfevents.${second}.${hostname()}.${process.pid}.${files++}`);
    this.file = new AppendFile(this.path);
  }

  /** Adds a row; each metric becomes a point of its curve. */
  write(row: LogRow, step: number): void {
    this.event({ step, scalars: row });
    if (step !== this.lastStep) this.lastRows = [];
    this.lastRows.push({ ...row });
    this.lastStep = step;
  }

  /** @inheritDoc */
  close(): void {
    this.file.close();
  }

  /** @inheritDoc */
  getState(): StateRecord {
    this.file.sync();
    return { lastStep: this.lastStep, lastRows: this.lastRows.map((row) => ({ ...row })) };
  }

  /** @inheritDoc */
  setState({ lastStep, lastRows = [] }: StateRecord): void {
    this.lastStep = lastStep as number;
    this.lastRows = (lastRows as LogRow[]).map((row) => ({ ...row }));
    // Rows of the last step may be invalid as well, but TensorBoard discards whole steps: they are written again.
    const again = this.lastRows.length > 0;
    this.event({ step: again ? this.lastStep : this.lastStep + 1, sessionStart: true });
    for (const scalars of this.lastRows) this.event({ step: this.lastStep, scalars });
  }

  private event(event: Omit<TensorBoardEvent, "wallTime">): void {
    const wallTime = Date.now() / 1000;
    if (!this.started) this.file.append(encodeEventRecord({ wallTime, fileVersion: eventFileVersion }));
    this.started = true;
    this.file.append(encodeEventRecord({ wallTime, ...event }));
  }
}
