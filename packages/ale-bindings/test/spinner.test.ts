import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { AtariEnv } from "../src/index.js";
import { Spinner } from "../src/spinner.js";
import { hasAle } from "./support.js";

// A clock that advances by `step` milliseconds with every poll.
function clock(step = 0.001) {
  const time = { now: 0, looks: 0 };
  const look = () => {
    time.now += step;
    return time.now;
  };
  const readyAt = (moment: number) => () => {
    time.looks++;
    return time.now >= moment;
  };
  return { time, look, readyAt };
}

describe("Spinner", () => {
  it("detects an event that comes soon", () => {
    const { time, look, readyAt } = clock();
    const spinner = new Spinner();
    expect(spinner.spin(readyAt(0.1), look)).toBe(true);
    expect(time.now).toBeLessThan(0.11);
  });

  it("gives up after 0.8 milliseconds at most, and then pauses briefly", () => {
    const { time, look, readyAt } = clock();
    const spinner = new Spinner();
    const pauses: number[] = [];
    for (let failure = 0; failure < 12; failure++) {
      const start = time.now;
      expect(spinner.spin(readyAt(Number.POSITIVE_INFINITY), look)).toBe(false);
      expect(time.now - start).toBeLessThan(0.81);
      const end = time.now;
      time.looks = 0;
      while (time.looks === 0) {
        time.now += 0.5;
        spinner.spin(readyAt(0), look);
        if (time.looks > 0) break;
      }
      pauses.push(time.now - end);
      if (failure < 11) continue;
      expect(Math.max(...pauses)).toBeLessThan(1002);
    }
    // A poll that succeeds in between makes the next pause short again.
    expect(Math.max(...pauses)).toBeLessThan(7);
  });

  it("pauses up to a second when all polling fails", () => {
    const { time, look, readyAt } = clock();
    const spinner = new Spinner();
    const never = readyAt(Number.POSITIVE_INFINITY);
    const failures: number[] = [];
    while (time.now < 10_000) {
      time.looks = 0;
      spinner.spin(never, look);
      if (time.looks > 0) failures.push(time.now);
      time.now += 1;
    }
    const gaps = failures.slice(1).map((moment, i) => moment - failures[i]);
    expect(gaps[0]).toBeLessThan(3); // a single failure does not count
    expect(gaps[1]).toBeLessThan(8);
    expect(gaps[5] / gaps[4]).toBeCloseTo(2, 0);
    expect(gaps.at(-1)).toBeGreaterThan(999);
    expect(failures.length).toBeLessThan(21);
  });

  it("does not poll after two waits that were longer than its limit, until one is shorter", () => {
    const { time, look, readyAt } = clock();
    const spinner = new Spinner();
    spinner.waited(2);
    spinner.waited(2);
    expect(spinner.spin(readyAt(0), look)).toBe(false);
    expect(time.looks).toBe(0);
    spinner.waited(0.4);
    expect(spinner.spin(readyAt(0), look)).toBe(true);
  });

  it("stops polling when it was interrupted", () => {
    const { time, look, readyAt } = clock(0.3);
    expect(new Spinner().spin(readyAt(10), look)).toBe(false);
    expect(time.looks).toBe(1);
  });
});

/** Seconds of processor time of a process. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const onLinux = hasAle && process.platform === "linux";

describe.skipIf(!onLinux)("a server that waits", () => {
  it("sleeps when no requests come, however quickly they came before", async () => {
    const env = new AtariEnv("BreakoutNoFrameskip-v4", { obsType: "ram" });
    onTestFinished(() => env.close());
    env.reset({ seed: 0 });
    for (let i = 0; i < 300; i++) env.step(0);
    const before = processorSeconds(env.pid);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(processorSeconds(env.pid) - before).toBeLessThan(0.03);
  });

  it.skipIf(spawnSync("taskset", ["-V"]).status !== 0)("gives the same results on one core", () => {
    const fixture = fileURLToPath(new URL("./fixtures/score.ts", import.meta.url));
    const run = (command: string, ...args: string[]) =>
      execFileSync(command, [...args, process.execPath, "--import", "tsx", fixture], { encoding: "utf8" });
    const [, core] = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    const one = run("taskset", "-c", core);
    expect(one).toMatch(/^[0-9a-f]{64} 1$/m);
    expect(one.split(" ")[0]).toBe(run("env").split(" ")[0]);
  });
});
