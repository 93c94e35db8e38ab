/** A progress bar in the terminal. */

import { checkOptions } from "../core/check-options.js";
import type { TrainerCallback, TrainerProgress } from "../trainers/callbacks/callback.js";
import { progressLine } from "./progress-line.js";
import { StatusLine, type StatusStream } from "./status-line.js";
import { secondsLeft } from "./time-left.js";

/** Options of {@link progressBarCallback}. */
export interface ProgressBarOptions {
  /** Stream to draw on, default `process.stderr`. */
  stream?: StatusStream;
}

const MILLISECONDS_BETWEEN = 100;

/**
 * Shows progress, the mean return, the time left, steps and steps per second while a trainer learns, as far as they fit
 * the width of the terminal. Other output in the meantime, such as tables, appears above the bar. Nothing is drawn when
 * the stream is not a terminal, or is one without cursor movement (`TERM=dumb`).
 *
 * @example
 * ```ts
 * await trainer.learn({ totalTimesteps: 1e6, callbacks: [progressBarCallback()] });
 * ```
 */
export function progressBarCallback(options: ProgressBarOptions = {}): TrainerCallback {
  checkOptions("progressBarCallback", options, ["stream"]);
  const { stream = process.stderr as StatusStream } = options;
  let line: StatusLine | undefined;
  let first = 0;
  let firstSeconds = 0;
  let drawn = Number.NEGATIVE_INFINITY;
  const draw = ({ trainer, globalStep, elapsedSeconds, progress, meanReturn }: TrainerProgress) => {
    const seconds = elapsedSeconds - firstSeconds;
    const state = {
      progress,
      meanReturn,
      secondsLeft: secondsLeft(progress, elapsedSeconds),
      steps: globalStep,
      unit: trainer.numBatches === undefined ? "steps" : "minibatches",
      fps: seconds > 0 ? (globalStep - first) / seconds : 0,
      elapsedSeconds,
    };
    line?.draw(progressLine(state, stream.columns ?? 80));
    drawn = performance.now();
  };
  return {
    onTrainingStart(progress) {
      if (!stream.isTTY || process.env.TERM === "dumb") return;
      first = progress.globalStep;
      firstSeconds = progress.elapsedSeconds;
      line = new StatusLine(stream);
      draw(progress);
    },
    onUpdateEnd(progress) {
      if (performance.now() - drawn >= MILLISECONDS_BETWEEN) draw(progress);
    },
    onTrainingEnd() {
      line?.close();
      line = undefined;
    },
  };
}
