/** Metrics of one DQN iteration. */

import type { Stateful, StateRecord } from "../../core/state.js";
import type { LogRow } from "../../logging/index.js";
import type { DQNUpdateStatistics } from "./dqn-update.js";

// Sums over gradient steps.
const none = { count: 0, loss: 0, gradNorm: 0, meanQ: 0, tdError: 0 };

/** Accumulates the metrics of the gradient steps between two rows of the log. */
export class DQNIteration implements Stateful {
  private sums = { ...none };

  /** Adds a gradient step. */
  add({ loss, gradNorm, meanQ, tdErrors }: DQNUpdateStatistics): void {
    const { sums } = this;
    sums.count++;
    sums.loss += loss;
    sums.gradNorm += gradNorm;
    sums.meanQ += meanQ;
    sums.tdError += tdErrors.reduce((sum, error) => sum + Math.abs(error), 0) / tdErrors.length;
  }

  /** Returns the means since the last call; an empty row if there was no gradient step. */
  take(): LogRow {
    const { count, loss, gradNorm, meanQ, tdError } = this.sums;
    this.sums = { ...none };
    if (count === 0) return {};
    return {
      "train/grad_norm": gradNorm / count,
      "train/loss": loss / count,
      "train/q_mean": meanQ / count,
      "train/td_error": tdError / count,
    };
  }

  /** @inheritDoc */
  getState(): StateRecord {
    return { ...this.sums };
  }

  /** @inheritDoc */
  setState(state: StateRecord): void {
    this.sums = { ...(state as typeof none) };
  }
}
