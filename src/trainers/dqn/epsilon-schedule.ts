/** Exploration rate as a function of environment steps. */

import { checkOptions, optionNames } from "../../core/check-options.js";
import { piecewiseSchedule, type Schedule } from "../../core/schedules.js";

/** Options of {@link epsilonSchedule}. */
export interface EpsilonScheduleOptions {
  /** Initial probability of a random action, default 1. */
  initial?: number;
  /** Final probability of a random action, default 0.1. */
  final?: number;
  /** Environment steps before the probability begins to decrease, default 0. */
  delay?: number;
  /** Environment steps over which the probability decreases. */
  steps: number;
  /**
   * As in the published script of "Atari Space Invaders and Dueling Q RL": the slope counts from `delay`, but the
   * decrease is cut at step `steps`, so that the value jumps there (from 0.19 to 0.1 with its numbers). Default false.
   */
  asPublished?: boolean;
}

const names = optionNames<EpsilonScheduleOptions>({
  initial: true,
  final: true,
  delay: true,
  steps: true,
  asPublished: true,
});

/**
 * Probability of a random action as a function of environment steps: `initial` up to step `delay`, then linear to
 * `final` at step `delay + steps` and constant from there. For the option `exploration` of `DQNTrainer`.
 *
 * @throws InvalidArgumentError when a number is not finite, or `steps` is not above 0
 *
 * @example
 * ```ts
 * epsilonSchedule({ delay: 50_000, steps: 500_000 }).value(300_000); // 0.55
 * ```
 */
export function epsilonSchedule(options: EpsilonScheduleOptions): Schedule {
  checkOptions("epsilonSchedule", options, names);
  const { initial = 1, final = 0.1, delay = 0, steps, asPublished = false } = options;
  if (!asPublished || delay === 0) {
    return piecewiseSchedule([
      [delay, initial],
      [delay + steps, final],
    ]);
  }
  // The last step on the line is `steps - 1`.
  return piecewiseSchedule([
    [delay, initial],
    [steps - 1, initial + ((steps - 1 - delay) / steps) * (final - initial)],
    [steps, final],
  ]);
}
