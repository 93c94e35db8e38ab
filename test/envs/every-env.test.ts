import { describe, expect, it } from "vitest";
import { InvalidArgumentError, InvalidStateError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import type { StateRecord, TypedArray } from "../../src/core/state.js";
import { SpaceInvadersEnv } from "../../src/envs/arcade/space-invaders.js";
import { SpaceInvadersPhase } from "../../src/envs/arcade/space-invaders-game.js";
import { checkEnv } from "../../src/envs/check-env.js";
import type { Action, Env } from "../../src/envs/env.js";
import { type EnvOptions, make } from "../../src/envs/registry.js";

const arcade: EnvOptions[] = [
  { observation: "features", frameskip: 3, repeatActionProbability: 0, maxFrames: 70 },
  { frameskip: 1, repeatActionProbability: 0.9 },
];
const cases: [string, EnvOptions][] = [
  ...["CartPole-v1", "CartPoleNoVel-v1"].map((id): [string, EnvOptions] => [id, { maxEpisodeSteps: 7 }]),
  ...["Pendulum-v1", "PendulumNoVel-v1"].map((id): [string, EnvOptions] => [
    id,
    { g: 3, maxEpisodeSteps: 7 },
  ]),
  ...arcade.map((options): [string, EnvOptions] => ["Arcade/SpaceInvaders-v0", options]),
  ...arcade.map((options, i): [string, EnvOptions] => [
    "Arcade/Breakout-v0",
    { ...options, velocity: i === 0, difficulty: 1 },
  ]),
];

// As text, which is fast to compare.
const bytes = ({ buffer, byteOffset, byteLength }: TypedArray) =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString("latin1");

// Steps to an episode's end, followed by a new one.
function play(env: Env, steps: number, seed: number): unknown[] {
  const random = new Random(seed);
  return Array.from({ length: steps }, () => {
    const { observation, ...rest } = env.step(env.actionSpace.sample(random));
    const seen = [bytes(observation), rest];
    return rest.terminated || rest.truncated ? [...seen, bytes(env.reset().observation)] : seen;
  });
}

describe.each(cases)("%s %j", (id, options) => {
  it("follows the contract", () => {
    checkEnv(make(id, options), { steps: 80, seed: 3 });
  });

  it("continues identically in another environment with its state, even before the first reset and after an end", () => {
    const env = make(id, options);
    const copy = () => {
      const other = make(id, options);
      other.setState?.(env.getState?.() as StateRecord);
      return other;
    };
    const fresh = copy();
    expect(() => fresh.step(env.actionSpace.sample(new Random(0)))).toThrow(InvalidStateError);
    expect(bytes(fresh.reset().observation)).toBe(bytes(env.reset().observation));
    play(env, 23, 1);
    const middle = copy();
    expect(bytes(middle.render().data)).toBe(bytes(env.render().data));
    expect(play(middle, 40, 2)).toEqual(play(env, 40, 2));
  });

  it("rejects invalid actions without side effects", () => {
    const [env, other] = [make(id, options), make(id, options)];
    for (const one of [env, other]) one.reset({ seed: 1 });
    const bad = [
      Number.NaN,
      0.5,
      -1,
      99,
      "0",
      null,
      undefined,
      [0],
      Float32Array.of(0, 0),
      Float32Array.of(Number.NaN),
    ];
    for (const action of bad) expect(() => env.step(action as Action)).toThrow(InvalidArgumentError);
    expect(play(env, 5, 1)).toEqual(play(other, 5, 1));
    expect(() => env.reset({ seed: Number.NaN })).toThrow(InvalidArgumentError);
    expect(play(env, 5, 1)).toEqual(play(other, 5, 1));
  });

  it("restores a state completely or not at all", () => {
    const [env, other] = [make(id, options), make(id, options)];
    for (const one of [env, other]) one.reset({ seed: 1 });
    const elsewhere = make(id, options);
    elsewhere.reset({ seed: 9 });
    play(elsewhere, 4, 5);
    const state = elsewhere.getState?.() as StateRecord;
    for (const name of Object.keys(state)) {
      const broken = { ...state, [name]: name === "random" ? {} : null };
      expect(() => env.setState?.(broken)).toThrow(InvalidArgumentError);
    }
    expect(play(env, 5, 1)).toEqual(play(other, 5, 1));
  });

  it("rejects calls after close", () => {
    const env = make(id, options);
    env.reset({ seed: 1 });
    const state = env.getState?.() as StateRecord;
    env.close();
    for (const call of [() => env.render(), () => env.getState?.(), () => env.setState?.(state)]) {
      expect(call).toThrow(InvalidStateError);
    }
  });
});

describe("SpaceInvadersEnv with features", () => {
  it("stays within its space when no invader is left, however early", () => {
    const env = new SpaceInvadersEnv({ observation: "features", frameskip: 1, repeatActionProbability: 0 });
    env.reset();
    while (env.game.phase !== SpaceInvadersPhase.battle) env.step(0);
    for (let invader = 1; invader < 36; invader++) {
      env.game.formation.remove(Math.floor(invader / 6), invader % 6);
    }
    const { formation } = env.game;
    for (let t = 0; env.game.phase === SpaceInvadersPhase.battle && t < 4; t++) {
      const missile = { missileColumn: formation.left + 3, missileRow: formation.rowTop(0) + 2 };
      Object.assign(env.game, missile);
      env.step(0);
    }
    expect(env.game.phase).toBe(SpaceInvadersPhase.cleared);
    expect(formation.down).toBeLessThan(18);
    expect(env.observationSpace.contains(env.step(0).observation)).toBe(true);
  });
});
