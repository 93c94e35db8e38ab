import { describe, expect, it } from "vitest";
import type { CallbackLike } from "../../../src/trainers/callbacks/callback.js";
import { toCallbacks } from "../../../src/trainers/callbacks/callback-list.js";
import {
  StopTrainingOnMaxEpisodes,
  StopTrainingOnNoModelImprovement,
  StopTrainingOnRewardThreshold,
} from "../../../src/trainers/callbacks/index.js";

const refused = (given: unknown) => () => toCallbacks(given as CallbackLike);

describe("toCallbacks", () => {
  it("accepts undefined, one callback, a list, and functions", () => {
    const step = () => true;
    const callback = { onUpdateEnd: () => {} };
    expect(toCallbacks(undefined)).toEqual([]);
    expect(toCallbacks(callback)).toEqual([callback]);
    expect(toCallbacks(step)).toEqual([{ onStep: step }]);
    expect(toCallbacks([step, callback])).toEqual([{ onStep: step }, callback]);
  });

  it("accepts instances of classes with additional methods", () => {
    class Own {
      onStep(): void {}
      onlyMine(): void {}
    }
    expect(toCallbacks(new Own())).toHaveLength(1);
    expect(toCallbacks(new StopTrainingOnRewardThreshold({ rewardThreshold: 1 }))).toHaveLength(1);
  });

  it.each([
    ["_on_step", "onStep"],
    ["on_rollout_end", "onRolloutEnd"],
    ["onUpdate", "onUpdateEnd"],
    ["onTrainingStrat", "onTrainingStart"],
  ])("rejects the hook %s and suggests %s", (name, meant) => {
    expect(refused({ [name]: () => {} })).toThrow(`did you mean ${meant}?`);
    const Own = { [name]: class {} }[name];
    Object.defineProperty(Own.prototype, name, { value: () => {} });
    expect(refused(new Own())).toThrow(`did you mean ${meant}?`);
  });

  it("rejects unknown hooks", () => {
    expect(refused({ onStep: () => {}, onBatchBegin: () => {} })).toThrow(/onBatchBegin is not a hook/);
  });

  it.each([
    [3, /received 3/],
    [null, /received null/],
    [{}, /expected an object with hooks/],
    [[{ callback: () => {} }], /callbacks\[0\]: expected an object with hooks/],
    [StopTrainingOnMaxEpisodes, /received a class: new StopTrainingOnMaxEpisodes\(\.\.\.\)/],
    [new StopTrainingOnNoModelImprovement({ maxNoImprovementEvals: 1 }), /pass it to an EvalCallback/],
  ])("rejects %s", (given, message) => {
    expect(refused(given)).toThrow(message);
  });
});
