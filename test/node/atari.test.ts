import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { hasAle } from "../../packages/ale-bindings/test/support.js";
import {
  InvalidArgumentError,
  InvalidStateError,
  MissingDependencyError,
  NcpsError,
} from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import type { Env } from "../../src/envs/env.js";
import { make, registeredIds } from "../../src/envs/registry.js";
import { registerAtari } from "../../src/node/atari.js";
import { Box, Discrete } from "../../src/spaces/index.js";

function failure(call: () => unknown): NcpsError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(NcpsError);
    return error as NcpsError;
  }
  throw new Error("expected an error");
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.doUnmock("ale-bindings");
  vi.resetModules();
});

describe("registerAtari", () => {
  it("registers the ids of ale-py and returns them", async () => {
    const ids = await registerAtari();
    expect(ids).toHaveLength(104 + 4 * 62);
    expect(registeredIds()).toEqual(expect.arrayContaining(["ALE/Breakout-v5", "PongNoFrameskip-v4"]));
    expect(registeredIds()).toEqual(expect.arrayContaining(ids));
  });

  it("names the install command when the package is missing", async () => {
    vi.resetModules();
    vi.doMock("ale-bindings", () => {
      throw Object.assign(new Error("Cannot find package 'ale-bindings'"), { code: "ERR_MODULE_NOT_FOUND" });
    });
    const fresh = await import("../../src/node/atari.js");
    const error = await fresh.registerAtari().catch((reason: NcpsError) => reason);
    expect(error).toMatchObject({
      code: "MISSING_DEPENDENCY",
      message: expect.stringContaining("npm install ale-bindings && npx ale-bindings install"),
      cause: expect.anything(),
    });
  });

  it("make() names the install command when Python is missing", async () => {
    await registerAtari();
    vi.stubEnv("ALE_BINDINGS_PYTHON", "/nonexistent/python");
    const error = failure(() => make("ALE/Breakout-v5"));
    expect(error).toBeInstanceOf(MissingDependencyError);
    expect(error.message).toContain("npx ale-bindings install");
    expect(error.cause).toMatchObject({ code: "PYTHON_MISSING" });
  });

  it("validates its options", async () => {
    await registerAtari();
    const error = failure(() => make("ALE/Breakout-v5", { obsType: "gray" }));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toMatch(/^obsType: expected "rgb"/);
    expect(error).toMatchObject({ argument: "obsType" });
  });
});

describe.skipIf(!hasAle)("a registered game", () => {
  const envs: Env[] = [];
  const open = (id: string, options = {}) => {
    const env = make(id, options);
    envs.push(env);
    return env;
  };
  beforeAll(async () => {
    await registerAtari({ defaults: { obsType: "ram" } });
  });
  afterEach(() => {
    for (const env of envs.splice(0)) env.close();
  });

  it("has real spaces, to which its observations belong", () => {
    const env = open("ALE/SpaceInvaders-v5", { obsType: "rgb" });
    expect(env.observationSpace).toBeInstanceOf(Box);
    expect(env.actionSpace).toBeInstanceOf(Discrete);
    expect(env.observationSpace.toJSON()).toMatchObject({ shape: [210, 160, 3], dtype: "uint8" });
    expect(env.actionMeanings).toEqual(["NOOP", "FIRE", "RIGHT", "LEFT", "RIGHTFIRE", "LEFTFIRE"]);
    const random = new Random(0);
    expect(env.observationSpace.contains(env.reset({ seed: 0 }).observation)).toBe(true);
    for (let i = 0; i < 20; i++) {
      const step = env.step(env.actionSpace.sample(random));
      expect(env.observationSpace.contains(step.observation)).toBe(true);
      expect(step.info.lives).toBe(3);
    }
    expect(env.render()).toMatchObject({ height: 210, width: 160 });
  });

  it("takes registerAtari's defaults, which make() can override", () => {
    expect(open("ALE/Breakout-v5").observationSpace.shape).toEqual([128]);
    expect(open("ALE/Breakout-v5", { obsType: "grayscale" }).observationSpace.shape).toEqual([210, 160]);
    const env = open("ALE/Breakout-v5", { continuous: true });
    expect(env.actionSpace.toJSON()).toMatchObject({ kind: "box", shape: [3], dtype: "float32" });
    env.reset({ seed: 0 });
    expect(() => env.step(env.actionSpace.sample(new Random(1)))).not.toThrow();
  });

  it("continues identically from a saved state", () => {
    const env = open("ALE/Breakout-v5");
    const other = open("ALE/Breakout-v5");
    env.reset({ seed: 4 });
    for (let i = 0; i < 60; i++) env.step(i % 4);
    other.setState?.(env.getState?.() ?? {});
    for (let i = 0; i < 60; i++) {
      const expected = structuredClone(env.step((i * 3) % 4));
      expect(other.step((i * 3) % 4)).toEqual(expected);
    }
  });

  it("throws this library's errors, with ale-bindings' as their cause", () => {
    const env = open("ALE/Pong-v5");
    expect(failure(() => env.step(0))).toBeInstanceOf(InvalidStateError);
    env.reset({ seed: 0 });
    const error = failure(() => env.step(99));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toBe("action: expected an integer in 0..5, received 99");
    expect(error.cause).toMatchObject({ name: "AleError", code: "INVALID_ARGUMENT" });
    env.close();
    expect(failure(() => env.reset())).toBeInstanceOf(InvalidStateError);
  });
});
