/** A callback that ends training on Ctrl-C. */

import { constants } from "node:os";
import { checkOptions } from "../core/check-options.js";
import type { TrainerCallback } from "../trainers/index.js";

/** Options of {@link interruptCallback}. */
export interface InterruptOptions {
  /** Signals that end the training; default SIGINT (Ctrl-C) and SIGTERM. */
  signals?: NodeJS.Signals[];
  /** Prints a message for the user, default `console.error`. */
  print?: (text: string) => void;
}

/** A callback that ends the training on a signal. */
export interface InterruptCallback extends TrainerCallback {
  /** The signal that was received, if any. */
  readonly signal: NodeJS.Signals | undefined;
}

/**
 * Ends the training when the process receives a signal: the current step or update is finished, `learn` returns after
 * the callbacks have saved, and the process's exit code becomes the usual one (130 for Ctrl-C, 143 for
 * SIGTERM). A second signal ends the process within the current minibatch. Start programs with `node` (and
 * `--import tsx` for TypeScript): on Ctrl-C, `npx tsx` and other launchers kill a program that has not ended
 * almost immediately, checkpoint or not.
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
