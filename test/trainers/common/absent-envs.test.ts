import { describe, expect, it } from "vitest";
import { InvalidStateError } from "../../../src/core/errors.js";
import { Box, Discrete } from "../../../src/spaces/index.js";
import { AbsentEnvs, requireEnvironments } from "../../../src/trainers/common/absent-envs.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { CountingEnv } from "../../vector/counting-env.js";

const cause = new Error("not installed");
const make = () =>
  new AbsentEnvs({
    numEnvs: 3,
    observationSpace: new Box({ low: 0, high: 1, shape: [2] }),
    actionSpace: new Discrete(2),
    setup: { env: "Mine-v0" },
    reason: "Mine-v0 is not registered",
    cause,
  });

describe("AbsentEnvs", () => {
  it("has spaces and a number, but plays nothing, and says why", async () => {
    const envs = make();
    expect([envs.numEnvs, envs.observationSpace.shape, envs.setup]).toEqual([3, [2], { env: "Mine-v0" }]);
    await expect(envs.reset()).rejects.toThrow(/^reset\(\) needs environments.*Mine-v0 is not registered/);
    await expect(envs.step()).rejects.toThrow(InvalidStateError);
    expect(() => envs.render()).toThrow(expect.objectContaining({ cause }));
    await envs.close();
  });

  it("keeps the state that was put in, for checkpoints to come", () => {
    const envs = make();
    expect(envs.getState()).toBeNull();
    envs.setState({ step: 5 });
    expect(envs.getState()).toEqual({ step: 5 });
  });

  it("is what learn() refuses, while real environments pass", () => {
    expect(() => requireEnvironments(make())).toThrow(/^learn\(\) needs environments/);
    expect(() => requireEnvironments(new SyncVectorEnv([() => new CountingEnv()]))).not.toThrow();
  });
});
