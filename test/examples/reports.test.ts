import { describe, expect, it } from "vitest";
import { kerasReporter, type Reporter, torchReporter } from "../../examples/atari-behavior-cloning/report.js";

const returns = [0, 2, 4, 2];

function printed(make: typeof kerasReporter): string {
  let text = "";
  const write = (part: string) => {
    text += part;
  };
  const reporter: Reporter = make({ batches: 938, epochs: 50, live: false, write });
  reporter.minibatch({ number: 1, loss: 0.5, accuracy: 0.75 });
  const report = { epoch: 0, loss: 0.49638, accuracy: 0.83049, valLoss: 0.393, valAccuracy: 0.86334 };
  reporter.epochEnd({ ...report } as Parameters<Reporter["epochEnd"]>[0]);
  reporter.played(returns, 0);
  return text;
}

describe("what the guide's tabs print", () => {
  it("tf: the lines of Keras' fit and of the guide's callback", () => {
    const bar = "938/938 \\[={30}\\]";
    const metrics = " - loss: 0\\.4964 - sparse_categorical_accuracy: 0\\.8305";
    const validation = " - val_loss: 0\\.3930 - val_sparse_categorical_accuracy: 0\\.8633";
    expect(printed(kerasReporter)).toMatch(
      new RegExp(
        `^Epoch 1/50\n${bar} - ETA: 0s${metrics}\nEpoch 0 return: 2\\.00 \\+- 1\\.41\n` +
          `${bar} - \\d+s \\d+ms/step${metrics}${validation}\n$`,
      ),
    );
  });

  it("torch: the progress bar, Epoch and Mean return", () => {
    expect(printed(torchReporter)).toMatch(
      /^loss=0\.4964: 100%\|█{10}\| 938\/938 \[\d\d:\d\d<00:00, +[\d.]+it\/s\]\nEpoch 1, val_loss=0\.393, val_acc=86\.33%\nMean return 2\.0 \(n=4\)\n$/,
    );
  });
});
