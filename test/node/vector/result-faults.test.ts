// The same invalid results in both kinds of vector environments.
import { afterEach, describe, expect, it } from "vitest";
import { WorkerVectorEnv } from "../../../src/node/vector/worker-vector-env.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import type { VectorEnv } from "../../../src/vector/vector-env.js";
import { makeCounting, type ResultFault } from "./counting-module.js";

const module = new URL("./counting-module.ts", import.meta.url);
const open: VectorEnv[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((envs) => envs.close()));
});

function make(kind: string, faults: (ResultFault | null)[], restartOnFailure = false): VectorEnv {
  const options = { at: 2, faults };
  const envs =
    kind === "worker"
      ? new WorkerVectorEnv(
          { module, export: "makeCounting", options },
          { numEnvs: faults.length, workers: 1, restartOnFailure },
        )
      : new SyncVectorEnv(
          faults.map((_, index) => () => makeCounting(options, index)),
          { restartOnFailure },
        );
  open.push(envs);
  return envs;
}

const wrong: [ResultFault, string, RegExp][] = [
  [
    "function",
    "ENV_FAILED",
    /info\.call: expected a value that can be sent to another thread, received a function/,
  ],
  ["info text", "ENV_FAILED", /expected info to be a record, received a string/],
  ["info getter", "ENV_FAILED", /RangeError: no lives/],
  ["text reward", "ENV_CONTRACT", /expected the reward to be a number, received "1"/],
  ["numeric terminated", "ENV_CONTRACT", /expected terminated to be true or false, received 1/],
  ["no truncated", "ENV_CONTRACT", /expected truncated to be true or false, received undefined/],
];

describe.each(["sync", "worker"])("a vector environment of kind %s", (kind) => {
  it.each([wrong[0], wrong[2], wrong[3]])(
    "stops, and names the environment with an invalid result: %s",
    async (fault, code, message) => {
      const envs = make(kind, [null, fault]);
      await envs.reset({ seed: 0 });
      await envs.step([0, 0]);
      const failed = envs.step([0, 0]);
      await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
      await expect(failed).rejects.toThrow(/environment 1 \("Counting-v0", seed 1, step 2\)/);
    },
  );

  it("replaces such environments with restartOnFailure", async () => {
    const envs = make(kind, [...wrong.map(([fault]) => fault), null], true);
    const actions = new Int32Array(wrong.length + 1);
    await envs.reset({ seed: 0 });
    await envs.step(actions);
    const { truncated, infos, rewards } = await envs.step(actions);
    for (const [i, [, , message]] of wrong.entries()) {
      expect([truncated[i], rewards[i]]).toEqual([1, 0]);
      expect(infos[i].failure).toMatchObject({ message: expect.stringMatching(message), step: 2, seed: i });
    }
    expect(truncated[wrong.length]).toBe(0);
    await envs.step(actions);
  });

  it("treats a missing info as an empty one", async () => {
    const envs = make(kind, ["null info", "no info"]);
    await envs.reset({ seed: 0 });
    await envs.step([0, 0]);
    expect((await envs.step([0, 0])).infos).toEqual([{}, {}]);
  });
});
