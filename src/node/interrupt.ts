/** Ending a training by Ctrl-C. */

import { constants } from "node:os";
import { checkOptions } from "../core/check-options.js";
import type { TrainerCallback } from "../trainers/index.js";

/** Options of {@link interruptCallback}. */
export interface InterruptOptions {
  /** Which signals end the training; default SIGINT (Ctrl-C) and SIGTERM. */
  signals?: NodeJS.Signals[];
  /** Tells the user what happens, default `console.error`. */
  print?: (text: string) => void;
}

/** A callback that ends the training on a signal. */
export interface InterruptCallback extends TrainerCallback {
  /** The signal that came, if one did. */
  readonly signal: NodeJS.Signals | undefined;
}

/**
 * Ends the training when the process is asked to end: the present step or update is finished, `learn` returns after
 * the callbacks have saved, and the process's exit code becomes the usual one (130 for Ctrl-C, 143 for
 * SIGTERM). A second signal ends the process within the present minibatch. Start programs by `node` (with
 * `--import tsx` for TypeScript): `npx tsx` and others that stand in between end a program that has not ended within
 * a blink of Ctrl-C, checkpoint or not.
 *
 * @example
 * ```ts
 * const checkpoints = new CheckpointCallback({ savePath: "runs/breakout/checkpoints", everyMinutes: 10 });
 * await trainer.learn({ hours: 8, callbacks: [interruptCallback(), checkpoints] });
 * await trainer.close();
 * ```
 */
export function interruptCallback(options: InterruptOptions = {}): InterruptCallback {
  checkOptions("interruptCallback", options, ["signals", "print"]);
  const { signals = ["SIGINT", "SIGTERM"], print = console.error } = options;
  let received: NodeJS.Signals | undefined;
  const listener = (signal: NodeJS.Signals) => {
    const code = 128 + constants.signals[signal];
    if (received) process.exit(code);
    received = signal;
    process.exitCode = code;
    print(`${signal}: ending after this step or update; once more to end at once`);
  };
  return {
    get signal() {
      return received;
    },
    onTrainingStart() {
      received = undefined;
      for (const signal of signals) process.on(signal, listener);
    },
    onStep: () => received === undefined,
    onUpdateEnd: () => received === undefined,
    onTrainingEnd() {
      for (const signal of signals) process.off(signal, listener);
    },
  };
}
