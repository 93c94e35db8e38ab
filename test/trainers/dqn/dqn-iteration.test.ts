import { expect, it } from "vitest";
import { DQNIteration } from "../../../src/trainers/dqn/dqn-iteration.js";

const step = (loss: number, ...tdErrors: number[]) => ({
  loss,
  gradNorm: 2 * loss,
  meanQ: -loss,
  tdErrors: Float32Array.from(tdErrors),
});

it("averages over gradient steps, resets on take, and restores its state", () => {
  const first = new DQNIteration();
  expect(first.take()).toEqual({});
  first.add(step(1, 1, -3));
  const second = new DQNIteration();
  second.setState(first.getState());
  second.add(step(3, -4, 0));
  expect(second.take()).toEqual({
    "train/grad_norm": 4,
    "train/loss": 2,
    "train/q_mean": -2,
    "train/td_error": 2,
  });
  expect(second.take()).toEqual({});
});
