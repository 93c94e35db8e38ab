import { describe, expect, it } from "vitest";
import { EnvContractError, InvalidArgumentError, InvalidStateError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import type { StateRecord, TypedArray } from "../../src/core/state.js";
import { checkEnv } from "../../src/envs/check-env.js";
import { CartPoleEnv } from "../../src/envs/classic/cart-pole.js";
import { CartPoleNoVelEnv } from "../../src/envs/classic/cart-pole-no-vel.js";
import type { Action, Env, Frame, ResetOptions, ResetResult, StepResult } from "../../src/envs/env.js";
import { Box, Discrete } from "../../src/spaces/index.js";

// A random walk on a line that follows the contract; the tests break one rule each.
class Walk implements Env {
  id = "Walk-v0";
  observationSpace = new Box({ low: -10, high: 10, shape: [2] });
  actionSpace: Env["actionSpace"] = new Discrete(2);
  actionMeanings?: readonly string[] = ["LEFT", "RIGHT"];
  random = new Random(0);
  position = 0;
  steps = 0;
  phase = "new";

  observe(): TypedArray {
    return Float32Array.of(this.position, this.random.uniform());
  }

  reset({ seed }: ResetOptions = {}): ResetResult {
    if (this.phase === "closed") throw new InvalidStateError("closed");
    if (seed !== undefined) this.random = new Random(seed);
    this.position = 0;
    this.steps = 0;
    this.phase = "running";
    return { observation: this.observe(), info: {} };
  }

  step(action: Action): StepResult {
    if (this.phase !== "running") throw new InvalidStateError(this.phase);
    this.position += action === 1 ? 1 : -1;
    this.steps++;
    const terminated = Math.abs(this.position) > 4;
    const truncated = this.steps >= 20;
    if (terminated || truncated) this.phase = "ended";
    return { observation: this.observe(), reward: this.position, terminated, truncated, info: { lives: 1 } };
  }

  render(): Frame {
    return { height: 2, width: 3, data: new Uint8Array(18) };
  }

  close(): void {
    this.phase = "closed";
  }

  getState?(): StateRecord {
    const { position, steps, phase, random } = this;
    return { position, steps, phase, random: random.getState() };
  }

  setState?(state: StateRecord): void {
    this.position = state.position as number;
    this.steps = state.steps as number;
    this.phase = state.phase as string;
    this.random.setState(state.random as StateRecord);
  }
}

// Changes the result of step from the third step on.
function spoilt(change: (result: StepResult) => unknown): Env {
  return new (class extends Walk {
    override step(action: Action): StepResult {
      const result = super.step(action);
      return this.steps < 3 ? result : (change(result) as StepResult);
    }
  })();
}

function message(env: Env): string {
  try {
    checkEnv(env, { steps: 60 });
  } catch (error) {
    expect(error).toBeInstanceOf(EnvContractError);
    return (error as Error).message;
  }
  return "no error";
}

describe("checkEnv accepts valid environments", () => {
  it.each(["reset", "step"] as const)("recognises an asynchronous %s", (method) => {
    class Late extends Walk {}
    const own = Walk.prototype[method] as (...given: unknown[]) => unknown;
    Object.assign(Late.prototype, {
      [method](this: Walk, ...given: unknown[]) {
        return Promise.resolve(own.apply(this, given));
      },
    });
    // A step before reset has to throw synchronously, which an asynchronous one does not.
    expect(() => checkEnv(new Late())).toThrow(method === "reset" ? /a Promise/ : EnvContractError);
  });

  it.each([new CartPoleEnv(), new CartPoleNoVelEnv(), new Walk()])("$id", (env) => {
    expect(() => checkEnv(env, { seed: 3 })).not.toThrow();
    expect(() => env.step(0)).toThrow(InvalidStateError);
  });

  it("accepts environments without saved states", () => {
    const env = new Walk();
    env.getState = undefined;
    env.setState = undefined;
    expect(() => checkEnv(env)).not.toThrow();
  });

  it("accepts environments that reuse their observation array", () => {
    const shared = new Float32Array(2);
    const env = new Walk();
    const observe = env.observe.bind(env);
    env.observe = () => {
      shared.set(observe());
      return shared;
    };
    expect(() => checkEnv(env)).not.toThrow();
  });
});

describe("checkEnv names the broken rule", () => {
  it.each<[string, string, () => Env]>([
    ["id", "description", () => Object.assign(new Walk(), { id: "" })],
    [
      "observation space",
      "description",
      () => Object.assign(new Walk(), { observationSpace: new Discrete(2) }),
    ],
    ["action space", "description", () => Object.assign(new Walk(), { actionSpace: { n: 2 } })],
    ["action meanings", "description", () => Object.assign(new Walk(), { actionMeanings: ["NOOP"] })],
    ["step before reset", "before reset", () => Object.assign(new Walk(), { phase: "running" })],
    [
      "reset result",
      "reset with seed",
      () => Object.assign(new Walk(), { reset: () => Float32Array.of(0, 0) }),
    ],
    ["step result", "step 3", () => spoilt(() => undefined)],
    [
      "observation type",
      "Float64Array(2)",
      () => spoilt((r) => ({ ...r, observation: new Float64Array(2) })),
    ],
    ["observation type", "[0, 0]", () => spoilt((r) => ({ ...r, observation: [0, 0] }))],
    [
      "observation shape",
      "Float32Array(3)",
      () => spoilt((r) => ({ ...r, observation: new Float32Array(3) })),
    ],
    [
      "finite observation",
      "NaN",
      () => spoilt((r) => ({ ...r, observation: Float32Array.of(0, Number.NaN) })),
    ],
    [
      "observation bounds",
      "received 11",
      () => spoilt((r) => ({ ...r, observation: Float32Array.of(0, 11) })),
    ],
    ["reward", "NaN", () => spoilt((r) => ({ ...r, reward: Number.NaN }))],
    ["reward", "undefined", () => spoilt(({ reward: _, ...r }) => r)],
    ["terminated", "received 0", () => spoilt((r) => ({ ...r, terminated: Number(r.terminated) }))],
    ["truncated", "undefined", () => spoilt(({ truncated: _, ...r }) => r)],
    ["info", "null", () => spoilt((r) => ({ ...r, info: null }))],
    ["info.lives", "-1", () => spoilt((r) => ({ ...r, info: { lives: -1 } }))],
    ["info.episode", "r, l", () => spoilt((r) => ({ ...r, info: { episode: { r: 1, l: 2 } } }))],
    [
      "step works",
      "step 3): expected no error, received Error: stuck",
      () =>
        spoilt(() => {
          throw new Error("stuck");
        }),
    ],
    ["step after the end", "a result", () => neverEnds()],
    ["determinism", "second trial, reset with seed", () => deaf()],
    ["determinism", "second trial, step", () => forgetful()],
    ["render result", "Uint8Array(5)", () => framed({ height: 1, width: 2, data: new Uint8Array(5) })],
    ["render result", "0 x 2", () => framed({ height: 0, width: 2, data: new Uint8Array(0) })],
    ["render result", "undefined", () => framed(undefined)],
    ["saved state", "together", () => Object.assign(new Walk(), { setState: undefined })],
    ["saved state", "state.walls", () => withState((s) => ({ ...s, walls: new Map() as never }))],
    ["saved state", "the same saved state", () => withState(({ random: _, ...s }) => s)],
    ["saved state", "changes with later steps", () => aliased()],
    ["close works", "second call", () => closesOnce()],
    ["calls after close", "reset after close", () => Object.assign(new Walk(), { close: () => {} })],
  ])("%s: %s", (rule, detail, make) => {
    const text = message(make());
    expect(text).toContain(`rule "${rule}" is broken`);
    expect(text).toContain(detail);
  });

  it("keeps the error that an environment threw as the cause", () => {
    const stuck = new Error("stuck");
    const env = spoilt(() => {
      throw stuck;
    });
    try {
      checkEnv(env);
      expect.unreachable();
    } catch (error) {
      expect((error as Error).cause).toBe(stuck);
    }
  });

  it("closes the environment even if a rule is broken", () => {
    const env = spoilt((r) => ({ ...r, reward: "1" })) as Walk;
    message(env);
    expect(env.phase).toBe("closed");
  });

  it("rejects an invalid number of steps", () => {
    expect(() => checkEnv(new Walk(), { steps: 0 })).toThrow(InvalidArgumentError);
  });
});

function neverEnds(): Env {
  return new (class extends Walk {
    override step(action: Action): StepResult {
      if (this.phase === "ended") this.phase = "running";
      return super.step(action);
    }
  })();
}

// Ignores its seed.
function deaf(): Env {
  return new (class extends Walk {
    override reset(): ResetResult {
      return super.reset();
    }
  })();
}

// Its rewards depend on the number of resets.
function forgetful(): Env {
  let resets = 0;
  return new (class extends Walk {
    override reset(options?: ResetOptions): ResetResult {
      resets++;
      return super.reset(options);
    }
    override step(action: Action): StepResult {
      return { ...super.step(action), reward: resets };
    }
  })();
}

function framed(frame: unknown): Env {
  return Object.assign(new Walk(), { render: () => frame });
}

function withState(change: (state: StateRecord) => StateRecord): Env {
  return new (class extends Walk {
    override getState(): StateRecord {
      return change(super.getState?.() ?? {});
    }
    override setState(state: StateRecord): void {
      super.setState?.({ random: this.random.getState(), ...state });
    }
  })();
}

// Returns its live state instead of a copy.
function aliased(): Env {
  const live = new Int32Array(1);
  return new (class extends Walk {
    override step(action: Action): StepResult {
      live[0]++;
      return super.step(action);
    }
    override getState(): StateRecord {
      return { ...super.getState?.(), live };
    }
  })();
}

function closesOnce(): Env {
  return new (class extends Walk {
    override close(): void {
      if (this.phase === "closed") throw new Error("already closed");
      super.close();
    }
  })();
}
