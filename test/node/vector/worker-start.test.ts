import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WorkerVectorEnv } from "../../../src/node/vector/worker-vector-env.js";
import { inheritedArguments } from "../../../src/node/workers/start-thread.js";
import * as scripts from "../../../src/node/workers/worker-script.js";

vi.mock("../../../src/node/workers/worker-script.js", { spy: true });
afterEach(() => {
  vi.restoreAllMocks();
});

describe("the start of worker environments", () => {
  it.each([
    ["is missing", "file:///nowhere/env-worker.js", /could not be loaded.*nowhere/],
    ["throws", 'data:text/javascript,throw new RangeError("no luck")', /could not be loaded: no luck/],
    ["is no program", "data:text/javascript,this is none", /could not be loaded/],
  ])("fails immediately, with the reason, when the program of the thread %s", (_, program, message) => {
    vi.mocked(scripts.workerScript).mockReturnValue(new URL(program));
    const start = performance.now();
    const act = () => new WorkerVectorEnv("CartPole-v1", { numEnvs: 2, workers: 1, startTimeout: 30_000 });
    expect(act).toThrow(
      expect.objectContaining({ code: "ENV_FAILED", message: expect.stringMatching(message) }),
    );
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it("works in a module from the command line or standard input", () => {
    const program = `
      import { makeVecEnv } from "ncps-ts";
      import "ncps-ts/node";
      const envs = makeVecEnv("CartPole-v1", { numEnvs: 2, kind: "worker", workers: 1 });
      await envs.reset({ seed: 0 });
      console.log("played", (await envs.step([0, 1])).rewards.length);
      await envs.close();`;
    // Threads inherit the memory option silently, but it must not be passed to one.
    const args = ["--import", "tsx", "--input-type=module", "--max-old-space-size=1000"];
    for (const given of [{ args: [...args, "-e", program] }, { args, input: program }]) {
      const { stdout, stderr } = spawnSync(process.execPath, given.args, {
        input: given.input,
        encoding: "utf8",
      });
      expect(stdout + stderr).toContain("played 2");
    }
  });

  it("inherits all options of Node except those about the program on its command line", () => {
    expect(inheritedArguments(["--import", "tsx", "--expose-gc"])).toBeUndefined();
    expect(inheritedArguments(["--import", "tsx", "--input-type=module", "-e", "1"])).toEqual([
      "--import",
      "tsx",
    ]);
    expect(inheritedArguments(["--input-type", "module", "--conditions=x"])).toEqual(["--conditions=x"]);
  });
});
