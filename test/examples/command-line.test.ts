import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, runExample } from "./run-example.js";

const refusal = (name: string, ...args: string[]) =>
  runExample(name, ...args).then(
    () => "nothing",
    ({ code, stderr }: { code: number; stderr: string }) => `${code} ${stderr}`,
  );

const examples = readdirSync(join(root, "examples")).filter(
  (name) => name !== "support" && statSync(join(root, "examples", name)).isDirectory(),
);

describe.each(examples)("examples/%s", (name) => {
  it("tells its options in 80 columns without running, and an unknown one in one line", async () => {
    const [help, refused] = await Promise.all([runExample(name, "--help"), refusal(name, "--nope")]);
    expect(help).toContain(`\n  node --import tsx examples/${name}/index.ts [options]\n`);
    expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(help.trimEnd().split("\n").at(-1)).toMatch(/^ {2}--help +this text$/);
    expect(refused).toBe("1 Unknown option '--nope'; see --help\n");
  }, 120_000);
});

describe("wrong values of options", () => {
  it.each([
    ["pendulum-ppo", ["--steps", "many"], "--steps: expected a whole number from 1 on"],
    ["first-steps", ["--seed", "1.5"], '--seed: expected a whole number from 0 on, received "1.5"'],
    ["lidar-steering", ["--model", "lstm"], '--model: expected ltc or cfc, received "lstm"'],
    ["atari-ppo", ["--preset", "huge"], '--preset: expected features, small, document, received "huge"'],
    ["labml-breakout-ppo", ["--updates", "0"], '--updates: expected a positive number, received "0"'],
    ["space-invaders-dqn", ["--quarters"], "--quarters: only for --preset document"],
  ] as const)(
    "%s %j are one line",
    async (name, args, message) => {
      const refused = await refusal(name, ...args);
      expect(refused.slice(0, message.length + 2)).toBe(`1 ${message}`);
      expect(refused).toMatch(/; see --help\n$/);
      expect(refused.trimEnd()).not.toContain("\n");
    },
    120_000,
  );
});

describe("the sources of the examples", () => {
  const files = readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => [file, readFileSync(join(root, "examples", file), "utf8")] as const);

  it.each(files)("%s imports the library by its name, and is started by node --import tsx", (_, text) => {
    expect(text).not.toMatch(/from "(\.\.\/)+src\//);
    expect(text).not.toMatch(/npx tsx/);
  });

  it("quick-start.ts does not train when asked for help", async () => {
    expect(await runExample("quick-start.ts", "--help")).toMatch(/^PPO on CartPole.*\n$/);
  }, 120_000);
});
