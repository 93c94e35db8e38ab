import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { hasNamedPipes } from "../src/channels.js";
import { Deadline } from "../src/deadline.js";
import { endProcess } from "../src/link.js";
import { watch } from "../src/watchdog.js";
import { ends, isRunning } from "./support.js";

function sleeper(): number {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  onTestFinished(() => endProcess(child));
  return child.pid as number;
}

describe.skipIf(!hasNamedPipes())("watch", () => {
  it("ends a process whose call takes too long, and none between two calls", async () => {
    const pid = sleeper();
    const one = watch(pid, 200);
    one.begin(200);
    one.end();
    await pause(600);
    expect([isRunning(pid), one.fired()]).toEqual([true, false]);
    one.begin(200);
    expect(await ends(pid, 10_000)).toBe(true);
    expect(one.fired()).toBe(true);
  });

  it.each([Number.POSITIVE_INFINITY, 2 ** 32, 0.5 + 2 ** 31])("waits as long as %f ms", async (timeout) => {
    const pid = sleeper();
    const one = watch(pid, 100);
    one.begin(timeout);
    await pause(400);
    expect([isRunning(pid), one.fired()]).toEqual([true, false]);
    one.stop();
  });

  it("does not count the time in which all stood still, as after Ctrl+Z", async () => {
    const pid = sleeper();
    const one = watch(pid, 1600);
    one.begin(1600);
    await pause(100);
    spawn("sh", ["-c", `sleep 2.5; kill -CONT ${process.pid}`], { stdio: "ignore", detached: true }).unref();
    process.kill(process.pid, "SIGSTOP");
    await pause(300);
    expect([isRunning(pid), one.fired()]).toEqual([true, false]);
    expect(await ends(pid, 10_000)).toBe(true);
  });
});

describe("Deadline", () => {
  afterEach(() => vi.restoreAllMocks());

  it("counts time up to its limit, but no more than two pauses a look", () => {
    const now = vi.spyOn(performance, "now").mockReturnValue(1000);
    const deadline = new Deadline(800);
    expect(deadline.pause).toBe(100);
    const looks = (times: number[]) =>
      times.map((time) => {
        now.mockReturnValue(1000 + time);
        return deadline.passed();
      });
    expect(looks([100, 200, 60_000, 60_100, 60_200, 60_300, 60_399, 60_400])).toEqual([
      ...Array(7).fill(false),
      true,
    ]);
    expect(new Deadline(Number.POSITIVE_INFINITY).passed()).toBe(false);
  });
});
