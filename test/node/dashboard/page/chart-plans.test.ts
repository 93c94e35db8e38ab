import { describe, expect, it } from "vitest";
import { planCharts, titleOf } from "../../../../src/node/dashboard/page/chart-plans.js";

describe("planCharts", () => {
  it("contains only the curves that occur", () => {
    const [plan] = planCharts(["rollout/ep_rew_mean"]);
    expect(plan).toEqual({ title: "Return", curves: [{ key: "rollout/ep_rew_mean", label: "training" }] });
    const [both] = planCharts(["eval/mean_reward", "rollout/ep_rew_mean"]);
    expect(both.curves.map(({ label }) => label)).toEqual(["training", "evaluation"]);
  });

  it("has a fixed order, with unknown metrics last", () => {
    const plans = planCharts(["custom/ball_speed", "time/fps", "train/value_loss", "eval/mean_reward"]);
    expect(plans.map(({ title }) => title)).toEqual([
      "Return",
      "Value loss",
      "Steps per second",
      "Ball speed (custom)",
    ]);
  });

  it("leaves out clocks and counters", () => {
    expect(
      planCharts(["time/iterations", "time/total_timesteps", "time/batches", "train/n_updates"]),
    ).toEqual([]);
  });

  it("distinguishes metrics of the same name by their keys", () => {
    const titles = planCharts([
      "train/margin",
      "rollout/margin",
      "custom/loss",
      "rollout/loss",
      "train/loss",
    ]);
    expect(titles.map(({ title }) => title)).toEqual([
      "Loss",
      "Margin",
      "rollout/margin",
      "Loss (custom)",
      "rollout/loss",
    ]);
  });
});

it("titleOf converts keys to titles", () => {
  const keys = ["train/grad_norm", "custom/ball_speed", "plain", "a_b/c/d_e", "Aim"];
  expect(keys.map(titleOf)).toEqual(["Grad norm", "Ball speed (custom)", "Plain", "D e (a b/c)", "Aim"]);
});
