/** Rows as scalars of TensorBoard. */

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
 * Writes rows as scalars into an event file of a folder, for `tensorboard --logdir runs`. Each process
 * writes a file of its own, as TensorBoard wants it; a resumed run tells TensorBoard from which step on
 * the earlier files are void.
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
  // All rows of that step: an evaluation and an update may share one.
  private lastRows: LogRow[] = [];

  /** @param directory the folder; it is made when it is missing */
  constructor(directory: string) {
    const second = Math.floor(Date.now() / 1000);
    this.path = join(directory, `events.out.tfevents.${second}.${hostname()}.${process.pid}.${files++}`);
    this.file = new AppendFile(this.path);
  }

  /** Adds a row; each figure becomes a point of the curve of its name. */
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
    // Later rows of the last step are void as well, but TensorBoard voids whole steps: its rows are written again.
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
