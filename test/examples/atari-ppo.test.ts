import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ncps-ts-example-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function example(...args: string[]): Promise<string> {
  const command = [join(root, "examples/atari-ppo/index.ts"), ...args];
  const { stdout } = await promisify(execFile)(
    join(root, "node_modules/.bin/tsx"), // of this checkout, in another folder
    ["--tsconfig", join(root, "tsconfig.json"), ...command],
    { cwd: folder },
  );
  return stdout;
}

describe("examples/atari-ppo", () => {
  it("trains, prints the guide's lines, saves, plays a game and says how to go on", async () => {
    const printed = await example("--hours", "0.0005");
    expect(printed).toMatch(
      /Ran 0\.\d+ hours\n {4}sampled \d+k steps\n {4}policy reward: (nan|[\d.]+)\n {4}saved checkpoint/,
    );
    expect(printed).toMatch(/One game with the most probable actions: \d+ points/);
    const id = /--cont (\d+)/.exec(printed)?.[1];
    expect(await example("--hours", "0.0001", "--cont", id!)).toMatch(
      new RegExp(`checkpoint-${Number(id) + 1}'`),
    );
    // In a pipe there is nothing to see: one game, and its score.
    expect(await example("--render", "--cont", id!)).toMatch(/\ngame over: \d+ points\n$/);
  }, 180_000);

  it("explains itself", async () => {
    expect(await example("--help")).toMatch(/--env ID[\s\S]*--cont ID[\s\S]*--render[\s\S]*--hours H/);
    await expect(example("--preset", "huge")).rejects.toThrow(/--preset: expected features, small, document/);
  });
});
