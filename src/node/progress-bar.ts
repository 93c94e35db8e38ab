/** A progress bar in the terminal. */

import { Presets, SingleBar } from "cli-progress";
import type { TrainerCallback, TrainerProgress } from "../trainers/callbacks/callback.js";

/** Options of {@link progressBarCallback}. */
export interface ProgressBarOptions {
  /** Where it is drawn, default stderr. */
  stream?: NodeJS.WritableStream;
}

/**
 * Shows progress, steps a second and the mean return while a trainer learns. Nothing is drawn when
 * the stream is not a terminal.
 *
 * @example
 * ```ts
 * await trainer.learn({ totalTimesteps: 1e6, callbacks: [progressBarCallback()] });
 * ```
 */
export function progressBarCallback(options: ProgressBarOptions = {}): TrainerCallback {
  const bar = new SingleBar(
    {
      format: "{bar} {percentage}% | {steps} steps | {fps} steps/s | return {return} | {duration_formatted}",
      stream: options.stream ?? process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      emptyOnZero: true,
    },
    Presets.shades_classic,
  );
  let first = 0;
  const payload = ({ numTimesteps, elapsedSeconds, meanReturn }: TrainerProgress) => ({
    steps: numTimesteps,
    fps: elapsedSeconds > 0 ? Math.round((numTimesteps - first) / elapsedSeconds) : 0,
    return: Number.isNaN(meanReturn) ? "nan" : meanReturn.toFixed(1),
  });
  return {
    onTrainingStart(progress) {
      first = progress.numTimesteps;
      bar.start(1000, 0, payload(progress));
    },
    onUpdateEnd(progress) {
      bar.update(Math.round(progress.progress * 1000), payload(progress));
    },
    onTrainingEnd() {
      bar.stop();
    },
  };
}
