import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { drawCurve } from "../../examples/atari-behavior-cloning/curve.js";
import { runExample } from "./run-example.js";

describe("examples/atari-behavior-cloning", () => {
  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) child.kill("SIGKILL");
  });

  it("records, trains, prints the guide's lines, draws a curve, and goes on", async () => {
    const out = await mkdtemp(join(tmpdir(), "ncps-ts-cloning-"));
    const example = (...args: string[]) =>
      runExample("atari-behavior-cloning", "--out", out, "--sequences", "8", "--epochs", "1", ...args);
    try {
      const printed = await example();
      expect(printed).toMatch(/Recording data \.\.\. \[done\]/);
      expect(printed).toMatch(/8 \+ 2 sequences, small tf: [\d,]+ parameters/);
      expect(printed).toMatch(/cfc \(CfC\)[\s\S]*Total params: [\d,]+/);
      expect(printed).toMatch(
        /Epoch 1\/1\n2\/2 \[={30}\] - ETA: 0s[^\n]*\nEpoch 0 return: \d+\.\d\d \+- \d+\.\d\d\n2\/2 .*val_loss: \d/,
      );
      expect(printed).toMatch(/The expert's mean score: \d+\.\d; the clone has \d+ % of it/);
      expect(await readFile(join(out, "curve.svg"), "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
      const again = await example("--cont", "--balanced", "--dagger", "2", "--render");
      expect(again).not.toContain("Recording");
      expect(again).toMatch(/10 \+ 2 sequences/); // two more, which the clone played
      expect(again).toMatch(/Epoch 2\/2\n/);
      expect(again).toMatch(/\ngame over: \d+ points\n$/);
    } finally {
      await rm(out, { recursive: true });
    }
  }, 300_000);

  it("is saved by Ctrl-C within an epoch, and finished by --cont", async () => {
    const out = await mkdtemp(join(tmpdir(), "ncps-ts-cloning-"));
    const example = async (interrupt: boolean, ...args: string[]) => {
      const child = spawn(
        process.execPath,
        [
          "--import",
          "tsx",
          "examples/atari-behavior-cloning/index.ts",
          "--out",
          out,
          "--epochs",
          "1",
          ...args,
        ],
        { cwd: fileURLToPath(new URL("../..", import.meta.url)), stdio: ["ignore", "pipe", "inherit"] },
      );
      children.push(child);
      let printed = "";
      child.stdout.on("data", (text) => {
        printed += text;
        if (!interrupt || !printed.includes("parameters")) return;
        interrupt = false;
        setTimeout(() => child.kill("SIGINT"), 500);
      });
      const code = await new Promise((resolve) => child.on("close", resolve));
      return { code, printed };
    };
    try {
      const stopped = await example(true, "--sequences", "64");
      expect(stopped.code).toBe(130);
      const [, minibatches] = /Stopped after (\d+) minibatches and saved/.exec(stopped.printed) ?? [];
      expect(Number(minibatches)).toBeLessThan(16);
      const finished = await example(false, "--sequences", "64", "--cont");
      expect(finished.code).toBe(0);
      expect(finished.printed).toContain(
        `Finishing the training that was stopped after ${minibatches} minibatches`,
      );
      expect(finished.printed).toMatch(/Epoch 0 return: /);
      expect(existsSync(join(out, "unfinished"))).toBe(false);
    } finally {
      await rm(out, { recursive: true });
    }
  }, 300_000);

  it("says what is wrong", async () => {
    await expect(runExample("atari-behavior-cloning", "--size", "huge")).rejects.toThrow(
      /--size: expected small, document/,
    );
    await expect(runExample("atari-behavior-cloning", "--env", "ALE/Breakout-v5")).rejects.toThrow(
      /--data: ALE\/Breakout-v5 has no scripted player/,
    );
    await expect(runExample("atari-behavior-cloning", "--dagger", "2")).rejects.toThrow(
      /--dagger: needs a clone/,
    );
  }, 180_000);

  it("draws one point for each epoch", () => {
    const svg = drawCurve(
      [
        { valAccuracy: 0.5, meanReturn: 1 },
        { valAccuracy: 1, meanReturn: 4 },
      ],
      "title",
    );
    expect(svg.match(/points="[^"]*"/g)?.map((points) => points.split(" ").length)).toEqual([2, 2]);
    expect(svg).toContain('points="320.0,150.0 592.0,48.0"');
  });
});
