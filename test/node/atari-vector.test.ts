import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasAle } from "../../packages/ale-bindings/test/support.js";
import { InvalidArgumentError, InvalidStateError, NcpsError } from "../../src/core/errors.js";
import { envSpec, type VectorEnvFactoryOptions } from "../../src/envs/registry.js";
import { registerAtari } from "../../src/node/atari.js";
import type { AtariVectorGame } from "../../src/node/atari-vector.js";
import { Box, Discrete } from "../../src/spaces/index.js";

describe("the vector environments of registered Atari games", () => {
  const open: AtariVectorGame[] = [];
  const make = async (id: string, options: VectorEnvFactoryOptions) => {
    const envs = (await envSpec(id).makeVector?.(options)) as AtariVectorGame;
    open.push(envs);
    return envs;
  };
  beforeAll(async () => {
    await registerAtari();
  });
  afterEach(async () => {
    for (const envs of open.splice(0)) await envs.close();
  });

  it("validate their options as this library does", async () => {
    const failure = (options: object) =>
      make("ALE/Pong-v5", options as VectorEnvFactoryOptions).catch((e) => e);
    const error = await failure({ numEnvs: 2, obsType: "ram" });
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ argument: "obsType" });
    expect(await failure({ numEnvs: 0 })).toMatchObject({ argument: "numEnvs" });
  });

  it.skipIf(!hasAle)("satisfy the contract: spaces, same-step autoreset, whole games", async () => {
    const envs = await make("ALE/Breakout-v5", { numEnvs: 3, seed: 1, maxNumFramesPerEpisode: 200 });
    expect(envs.observationSpace).toBeInstanceOf(Box);
    expect(envs.actionSpace).toBeInstanceOf(Discrete);
    expect(envs.observationSpace.toJSON()).toMatchObject({ shape: [84, 84, 4], dtype: "uint8" });
    expect(envs.actionMeanings).toEqual(["NOOP", "FIRE", "RIGHT", "LEFT"]);
    expect([envs.numEnvs, envs.batchSize]).toEqual([3, 3]);
    const { observations, infos } = await envs.reset();
    expect(observations).toHaveLength(3 * 84 * 84 * 4);
    expect(infos).toHaveLength(3);
    let ended = 0;
    for (let i = 0; i < 60; i++) {
      const step = await envs.step(new Int32Array([1, 2, 3]));
      for (let k = 0; k < 3; k++) {
        const done = Boolean(step.terminated[k] || step.truncated[k]);
        expect(step.finalObservations[k] !== null).toBe(done);
        expect(step.infos[k].episode !== undefined).toBe(done);
        if (!done) continue;
        ended++;
        // The next game begins with black pictures, which the stack of the ended game no longer contains.
        const first = step.observations.subarray(k * 28224, (k + 1) * 28224);
        const blank = (stack: ArrayLike<number>) => Array.from(stack).filter((_, at) => at % 4 === 0);
        expect(Math.max(...blank(first))).toBe(0);
        expect(Math.max(...blank(step.finalObservations[k] as Uint8Array))).toBeGreaterThan(0);
      }
    }
    expect(ended).toBeGreaterThan(2);
    expect(envs.render(2)).toMatchObject({ height: 84, width: 84 });
    expect(envs.getState).toBeUndefined();
  });

  it.skipIf(!hasAle)("send and recv batches, and throw this library's errors", async () => {
    const envs = await make("ALE/Pong-v5", { numEnvs: 3, batchSize: 1 });
    expect(() => envs.send([0])).toThrow(InvalidStateError);
    await envs.reset({ seed: 0 });
    const seen = new Set<number>();
    for (let i = 0; i < 12; i++) {
      envs.send([0]);
      seen.add((await envs.recv()).envIds[0]);
    }
    expect(seen.size).toBeGreaterThan(1);
    await expect(envs.step([0])).rejects.toBeInstanceOf(InvalidStateError);
    await envs.close();
    await expect(envs.reset()).rejects.toBeInstanceOf(NcpsError);
  });
});
