/** Prints the output of the guide's two tabs: Keras' `fit`, and the loop of the PyTorch tab with its progress bar. */

import type { EpochReport } from "ncps-ts/trainers";

/** Prints the progress of a training. */
export interface Reporter {
  /** Called after a minibatch; the first one of an epoch has number 1. */
  minibatch(metrics: { number: number; loss: number; accuracy: number }): void;
  /** Called after an epoch and its validation. */
  epochEnd(report: EpochReport): void;
  /** Called after the network has played. */
  played(returns: readonly number[], epoch: number): void;
}

/** Options of both reporters. */
export interface ReporterOptions {
  /** Minibatches per epoch. */
  batches: number;
  /** Number of epochs at the end of the training. */
  epochs: number;
  /** Whether a line may be overwritten. */
  live: boolean;
  /** Writes text. */
  write: (text: string) => void;
}

const CLEAR = "\r\u001b[K";
const BAR = 30;

/** Running means and timer of an epoch. */
class Epoch {
  private began = performance.now();
  private sums = { loss: 0, accuracy: 0, count: 0 };

  restart(): void {
    this.began = performance.now();
    this.sums = { loss: 0, accuracy: 0, count: 0 };
  }

  add(loss: number, accuracy: number): void {
    this.sums.loss += loss;
    this.sums.accuracy += accuracy;
    this.sums.count++;
  }

  get loss(): number {
    return this.sums.loss / this.sums.count;
  }

  get accuracy(): number {
    return this.sums.accuracy / this.sums.count;
  }

  get seconds(): number {
    return (performance.now() - this.began) / 1000;
  }
}

/** Reports like Keras' `fit` with the guide's `ClosedLoopCallback`. */
export function kerasReporter({ batches, epochs, live, write }: ReporterOptions): Reporter {
  const running = new Epoch();
  const width = String(batches).length;
  const bar = (done: number) => {
    const filled = Math.floor((BAR * done) / batches);
    const inner =
      done === batches ? "=".repeat(BAR) : `${"=".repeat(filled)}>`.padEnd(BAR, ".").slice(0, BAR);
    return `${String(done).padStart(width)}/${batches} [${inner}]`;
  };
  const metrics = (loss: number, accuracy: number, prefix = "") =>
    ` - ${prefix}loss: ${loss.toFixed(4)} - ${prefix}sparse_categorical_accuracy: ${accuracy.toFixed(4)}`;
  let last = "";
  return {
    minibatch({ number, loss, accuracy }) {
      running.add(loss, accuracy);
      if (!live) return;
      const left = Math.round((running.seconds / number) * (batches - number));
      write(`${CLEAR}${bar(number)} - ETA: ${left}s${metrics(running.loss, running.accuracy)}`);
    },
    epochEnd({ epoch, loss, accuracy, valLoss, valAccuracy }) {
      const { seconds } = running;
      write(`${live ? CLEAR : ""}Epoch ${epoch + 1}/${epochs}\n`);
      write(`${bar(batches)} - ETA: 0s${metrics(loss, accuracy)}`);
      const pace = `${seconds.toFixed(0)}s ${((1000 * seconds) / batches).toFixed(0)}ms/step`;
      last = `${bar(batches)} - ${pace}${metrics(loss, accuracy)}${metrics(valLoss, valAccuracy, "val_")}\n`;
    },
    played(returns, epoch) {
      const { mean, std } = spread(returns);
      write(`\nEpoch ${epoch} return: ${mean.toFixed(2)} +- ${std.toFixed(2)}\n${last}`);
      running.restart();
    },
  };
}

/** Reports like the loop of the PyTorch tab. */
export function torchReporter({ batches, live, write }: ReporterOptions): Reporter {
  const running = new Epoch();
  const bar = (done: number, loss: number) => {
    const cells = Math.floor((10 * done) / batches);
    const { seconds } = running;
    const left = done === 0 ? 0 : (seconds / done) * (batches - done);
    const pace = `${clock(seconds)}<${clock(left)}, ${(done / seconds).toFixed(2).padStart(5)}it/s`;
    const percent = `${Math.floor((100 * done) / batches)}`.padStart(3);
    return `loss=${general(loss)}: ${percent}%|${"█".repeat(cells).padEnd(10)}| ${done}/${batches} [${pace}]`;
  };
  return {
    minibatch({ number, loss, accuracy }) {
      running.add(loss, accuracy);
      if (live) write(`${CLEAR}${bar(number, running.loss)}`);
    },
    epochEnd({ epoch, loss, valLoss, valAccuracy }) {
      write(`${live ? CLEAR : ""}${bar(batches, loss)}\n`);
      write(`Epoch ${epoch + 1}, val_loss=${general(valLoss)}, val_acc=${(100 * valAccuracy).toFixed(2)}%\n`);
    },
    played(returns) {
      const { mean } = spread(returns);
      write(`Mean return ${Number.isInteger(mean) ? mean.toFixed(1) : mean} (n=${returns.length})\n`);
      running.restart();
    },
  };
}

// Python's format 0.4g.
function general(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  return `${String(minutes).padStart(2, "0")}:${String(rest).padStart(2, "0")}`;
}

function spread(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance) };
}
