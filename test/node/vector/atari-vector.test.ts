import { beforeAll, describe, expect, it } from "vitest";
import { hasAle } from "../../../packages/ale-bindings/test/support.js";
import { checkEnv } from "../../../src/envs/check-env.js";
import { make } from "../../../src/envs/registry.js";
import { registerAtari } from "../../../src/node/atari.js";
import "../../../src/node/platform.js";
import { EnvFailedError } from "../../../src/vector/env-failed-error.js";
import { makeVecEnv } from "../../../src/vector/make-vec-env.js";
import type { VectorEnv } from "../../../src/vector/vector-env.js";

const wrapDeepmind = { dim: 42, numStack: 1, noopMax: 3 };

async function play(envs: VectorEnv, steps: number): Promise<unknown[]> {
  const { infos } = await envs.reset();
  const seen: unknown[] = [structuredClone(infos)];
  for (let t = 0; t < steps; t++) {
    const step = await envs.step([t % 3, (t + 1) % 4]);
    seen.push([Buffer.from(step.observations as Uint8Array).toString("base64")]);
    seen.push([[...step.rewards], [...step.terminated], structuredClone(step.infos)]);
  }
  return seen;
}

describe.skipIf(!hasAle)("Atari games", () => {
  beforeAll(async () => {
    await registerAtari({ defaults: { repeatActionProbability: 0.1 } });
  });

  it.each<[string, Record<string, unknown>]>([
    ["ALE/Breakout-v5", {}],
    ["ALE/Pong-v5", { obsType: "ram", fullActionSpace: true }],
    ["SeaquestNoFrameskip-v4", { obsType: "grayscale", frameskip: [2, 5] }],
    ["ALE/SpaceInvaders-v5", { obsType: "ram", continuous: true, mode: 2, difficulty: 1 }],
  ])("%s %j satisfies the contract", (id, options) => {
    checkEnv(make(id, options), { steps: 25 });
  });

  it("on worker threads equal those in this thread, with the defaults of registerAtari", async () => {
    const settings = { numEnvs: 2, seed: 5, wrapDeepmind };
    const [one, many] = [
      makeVecEnv("ALE/Breakout-v5", settings),
      makeVecEnv("ALE/Breakout-v5", { ...settings, kind: "worker", workers: 1 }),
    ];
    const [expected, played] = [await play(one, 25), await play(many, 25)];
    expect(played).toEqual(expected);
    const saved = one.getState?.();
    expect(many.getState?.()).toEqual(saved);
    await Promise.all([one.close(), many.close()]);
  });

  it("whose emulator is killed are reported, or replaced", async () => {
    const settings = { numEnvs: 1, seed: 1, envOptions: { obsType: "ram" } };
    for (const restartOnFailure of [false, true]) {
      const envs = makeVecEnv("ALE/Breakout-v5", { ...settings, kind: "worker", restartOnFailure });
      await envs.reset();
      for (let t = 0; t < 3; t++) await envs.step([1]);
      for (const pid of childrenOf(envs)) process.kill(pid, "SIGKILL");
      const outcome = await envs.step([1]).catch((error: unknown) => error);
      if (restartOnFailure) {
        expect(outcome).toMatchObject({
          truncated: Uint8Array.of(1),
          infos: [{ failure: { seed: 1, step: 4 } }],
        });
        expect((await envs.step([1])).infos[0]).toMatchObject({ lives: 5 });
      } else {
        expect(outcome).toBeInstanceOf(EnvFailedError);
        expect(outcome).toMatchObject({ index: 0, seed: 1, step: 4 });
      }
      await envs.close();
    }
  });
});

function childrenOf(envs: VectorEnv): number[] {
  const { links } = (
    envs as unknown as { pool: { links: { children: Map<number, number>; drain(): void }[] } }
  ).pool;
  return links.flatMap((link) => {
    link.drain();
    return [...link.children.keys()];
  });
}
