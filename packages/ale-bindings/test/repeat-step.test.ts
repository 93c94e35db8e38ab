import { createHash } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { AsyncAtariEnv, AtariEnv, type AtariOptions, type AtariStep } from "../src/index.js";
import { hasAle, traceAction } from "./support.js";

const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function open(id: string, options: AtariOptions = {}): AtariEnv {
  const env = new AtariEnv(id, options);
  onTestFinished(() => env.close());
  return env;
}

// Plays one action step by step, the expected result of repeatStep.
function oneByOne(env: AtariEnv, action: number, times: number, max: boolean) {
  let [reward, steps] = [0, 0];
  let previous: Uint8Array | undefined;
  let last: Uint8Array | undefined;
  let step: AtariStep | undefined;
  while (steps < times && !step?.terminated && !step?.truncated) {
    step = env.step(action);
    reward += step.reward;
    steps++;
    previous = last;
    last = step.observation.slice();
  }
  const { terminated, truncated, info } = step as AtariStep;
  const observation = (last as Uint8Array).map((value, i) =>
    max && previous ? Math.max(value, previous[i]) : value,
  );
  return { observation: hash(observation), reward, terminated, truncated, info, steps };
}

interface Case {
  id: string;
  options?: AtariOptions;
  actions: number;
  turns: number;
}

const gray = { obsType: "grayscale" } as const;

describe.skipIf(!hasAle)("repeatStep", () => {
  it.for<Case>([
    { id: "BreakoutNoFrameskip-v4", options: gray, actions: 4, turns: 400 },
    { id: "PongNoFrameskip-v0", actions: 6, turns: 120 }, // sticky actions
    { id: "SpaceInvadersNoFrameskip-v4", options: { maxNumFramesPerEpisode: 331 }, actions: 6, turns: 150 },
    {
      id: "SeaquestNoFrameskip-v0",
      options: { ...gray, maxNumFramesPerEpisode: 331 },
      actions: 18,
      turns: 200,
    },
    { id: "MsPacmanNoFrameskip-v4", options: { obsType: "ram" }, actions: 9, turns: 900 },
    { id: "Riverraid-v0", options: { maxNumFramesPerEpisode: 230 }, actions: 18, turns: 60 }, // 2 to 4 frames a step, cut
  ])("equals single steps: $id", ({ id, options, actions, turns }) => {
    const [once, each] = [open(id, options), open(id, options)];
    once.reset({ seed: 4 });
    each.reset({ seed: 4 });
    let [ends, early] = [0, 0];
    for (let turn = 0; turn < turns; turn++) {
      const action = traceAction(turn, actions);
      const [times, max] = [[4, 1, 3, 7][turn % 4], turn % 5 !== 0];
      const { observation, ...rest } = once.repeatStep(action, { times, max });
      expect({ observation: hash(observation), ...rest }, `turn ${turn}`).toEqual(
        oneByOne(each, action, times, max),
      );
      if (rest.steps < times) early++;
      if (!rest.terminated && !rest.truncated) continue;
      ends++;
      expect(hash(once.reset().observation)).toBe(hash(each.reset().observation));
    }
    if (!id.startsWith("Pong")) expect([ends > 0, early > 0]).toEqual([true, true]);
    expect(once.getState()).toEqual(each.getState());
  });

  it("accepts continuous actions, and works with promises", async () => {
    const options = { continuous: true, obsType: "ram" } as const;
    const one = await AsyncAtariEnv.create("BreakoutNoFrameskip-v4", options);
    onTestFinished(() => one.close());
    const other = open("BreakoutNoFrameskip-v4", options);
    await one.reset({ seed: 1 });
    other.reset({ seed: 1 });
    const action = [0.7, 0, 1];
    const { observation, steps, info } = await one.repeatStep(action, { times: 30 });
    for (let i = 0; i < 29; i++) other.step(action);
    expect({ observation, steps, info }).toEqual({
      observation: other.step(action).observation,
      steps: 30,
      info: { lives: 5, frameNumber: info.frameNumber, episodeFrameNumber: 30 },
    });
  });

  it("rejects invalid numbers, and steps after the end", () => {
    const env = open("BreakoutNoFrameskip-v4", { obsType: "ram", maxNumFramesPerEpisode: 6 });
    expect(() => env.repeatStep(0, { times: 1 })).toThrow(/reset/);
    env.reset({ seed: 0 });
    for (const times of [0, -1, 1.5, 65536])
      expect(() => env.repeatStep(0, { times })).toThrow(/times: .*1\.\.65535/);
    expect(() => env.repeatStep(9, { times: 1 })).toThrow(/action/);
    expect(env.repeatStep(0, { times: 9 })).toMatchObject({ truncated: true, steps: 6 });
    expect(() => env.repeatStep(0, { times: 1 })).toThrow(/reset/);
  });

  it("has a timeout in proportion to the steps", () => {
    const env = open("BreakoutNoFrameskip-v4", { obsType: "ram", timeout: 150, startTimeout: 60_000 });
    env.reset({ seed: 0 });
    expect(env.repeatStep(0, { times: 6000 }).steps).toBe(6000);
  });
});
