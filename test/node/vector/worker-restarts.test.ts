import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { WorkerVectorEnv } from "../../../src/node/vector/worker-vector-env.js";
import { EnvFailedError } from "../../../src/vector/env-failed-error.js";
import type { WorkerVectorEnvOptions } from "../../../src/vector/worker-options.js";

const module = new URL("./stubborn-module.ts", import.meta.url);

function make(name: string, options: object, settings: Partial<WorkerVectorEnvOptions>): WorkerVectorEnv {
  const env = { module, export: name, options: { ...options } };
  const envs = new WorkerVectorEnv(env, { numEnvs: 1, workers: 1, restartOnFailure: true, ...settings });
  onTestFinished(() => envs.close());
  return envs;
}

describe("a replacement thread that ends in its first reset", () => {
  const exiting = (failures: number) => {
    const folder = mkdtempSync(join(tmpdir(), "stubborn-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    return make("makeExiting", { file: join(folder, "lives"), failures }, {});
  };

  it("is replaced again", async () => {
    const envs = exiting(2);
    await envs.reset({ seed: 1 });
    await envs.step([0]);
    expect([...(await envs.step([0])).truncated]).toEqual([1]);
    expect(envs.restarts).toBe(3);
    expect([...(await envs.step([0])).rewards]).toEqual([101]);
  });

  it("stops everything after three consecutive failures", async () => {
    const envs = exiting(9);
    await envs.reset({ seed: 1 });
    await envs.step([0]);
    const error: EnvFailedError = await envs.step([0]).then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(EnvFailedError);
    expect(error).toMatchObject({ index: 0, cause: { code: "WORKER_EXITED" } });
    expect(envs.restarts).toBe(3);
  });
});

describe.skipIf(!existsSync("/proc/self/stat"))("an environment that hangs in a child process", () => {
  it("only its own child is killed, and later failures are not reported as hangs", async () => {
    const envs = make("makeWithChild", {}, { numEnvs: 2, stepTimeout: 1500 });
    await envs.reset({ seed: 1 });
    const [neighbour] = (await envs.step([0, 0])).infos.map(({ pid }) => pid as number);
    await envs.step([0, 0]);
    const step = await envs.step([0, 0]);
    expect([...step.truncated]).toEqual([0, 1]);
    expect(step.infos[1].failure).toMatchObject({ message: "RangeError: its child has ended" });
    expect(envs.restarts).toBe(1);
    expect(() => process.kill(neighbour, 0)).not.toThrow();
    for (let t = 0; t < 2; t++) expect([...(await envs.step([0, 0])).truncated]).toEqual([0, 0]);
    const error: EnvFailedError = await envs.step([0, 0]).then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    expect(error).toMatchObject({ index: 0, reason: "RangeError: broken" });
  });

  it("when the child was started in the same turn, the child is killed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "stubborn-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "pid");
    const envs = make(
      "makeHangingAtOnce",
      { file },
      { numEnvs: 1, stepTimeout: 1000, restartOnFailure: false },
    );
    await envs.reset({ seed: 1 });
    await expect(envs.step([0])).rejects.toMatchObject({
      code: "ENV_FAILED",
      cause: { code: "STEP_TIMEOUT" },
    });
    const pid = Number(readFileSync(file, "utf8"));
    expect(pid).toBeGreaterThan(0);
    await envs.close();
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

// An ended process stays in the process table until its parent collects its exit code, which a terminated thread
// no longer does.
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !(existsSync("/proc/self/stat") && /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8")));
  } catch {
    return false;
  }
}
