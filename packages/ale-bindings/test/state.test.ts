import { describe, expect, it } from "vitest";
import { AtariEnv, type AtariOptions } from "../src/index.js";
import { hasAle, traceAction } from "./support.js";

/** Continues playing and records everything visible; starts new episodes by itself. */
function play(env: AtariEnv, from: number, steps: number): string[] {
  const seen: string[] = [];
  for (let i = from; i < from + steps; i++) {
    const actions = env.actionSpace.kind === "discrete" ? env.actionSpace.n : 0;
    const { observation, reward, terminated, truncated, info } = env.step(traceAction(i, actions));
    seen.push(
      JSON.stringify([Buffer.from(observation).toString("base64"), reward, terminated, truncated, info]),
    );
    if (terminated || truncated) seen.push(JSON.stringify(env.reset().info));
  }
  return seen;
}

describe.skipIf(!hasAle)("states of AtariEnv", () => {
  const cases: [id: string, options: AtariOptions][] = [
    ["ALE/Breakout-v5", {}],
    ["ALE/SpaceInvaders-v5", { repeatActionProbability: 0.7 }],
    ["PongNoFrameskip-v4", {}],
    ["Seaquest-v0", {}], // draws its frame skip
    ["ALE/Breakout-v5", { maxNumFramesPerEpisode: 300 }], // reaches resets soon
  ];

  it.each(cases)("continue identically in another process: %s %j", (id, options) => {
    const settings: AtariOptions = { obsType: "ram", ...options };
    const env = new AtariEnv(id, settings);
    const other = new AtariEnv(id, settings);
    env.reset({ seed: 5 });
    other.reset({ seed: 6 });
    let step = 0;
    // a state without the sticky action differs only sometimes, so several are tried
    for (const length of [1, 2, 3, 30, 7, 11, 40]) {
      play(env, step, length);
      play(other, 3 * step, length + 2);
      step += length;
      other.setState(env.getState());
      expect(play(other, step, 40)).toEqual(play(env, step, 40));
      step += 40;
    }
    env.close();
    other.close();
  });

  it("can be restored repeatedly, and saving does not change the game", () => {
    const env = new AtariEnv("ALE/Breakout-v5", { obsType: "ram" });
    env.reset({ seed: 1 });
    play(env, 0, 40);
    const state = env.getState();
    const first = play(env, 40, 80);
    env.setState(state);
    expect(env.getState()).toEqual(state);
    expect(play(env, 40, 80)).toEqual(first);
    env.setState(structuredClone(state));
    expect(play(env, 40, 80)).toEqual(first);
    env.close();
  });

  it("contain the frame and whether an episode is running", () => {
    const env = new AtariEnv("ALE/SpaceInvaders-v5");
    const other = new AtariEnv("ALE/SpaceInvaders-v5");
    const unplayed = other.getState();
    env.reset({ seed: 1 });
    play(env, 0, 50);
    other.setState(env.getState());
    expect(other.render()).toEqual(env.render());
    expect(() => other.step(0)).not.toThrow();
    other.setState(unplayed);
    expect(() => other.step(0)).toThrow(/reset/);
    env.close();
    other.close();
  });

  it("of another game or with another structure are rejected", () => {
    const env = new AtariEnv("ALE/Breakout-v5");
    const pong = new AtariEnv("ALE/Pong-v5");
    const state = env.getState();
    expect(() => pong.setState(state)).toThrow(/state: expected a state of pong, received one of breakout/);
    expect(() => pong.setState({ ...state, game: "pong" })).toThrow(/loaded ROM/);
    expect(() => env.setState({ ...state, frame: [1, 2] })).toThrow(/what getState\(\) returned/);
    expect(() => env.setState({})).toThrow(/received one of undefined/);
    env.close();
    pong.close();
  });
});
