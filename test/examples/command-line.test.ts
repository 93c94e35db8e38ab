import { describe, expect, it } from "vitest";
import { runExample } from "./run-example.js";

const refusal = (name: string, ...args: string[]) =>
  runExample(name, ...args).then(
    () => "nothing",
    ({ code, stderr }: { code: number; stderr: string }) => `${code} ${stderr}`,
  );

describe.each([
  ["pendulum-ppo", ["--steps", "many"], "1 Error: --steps: expected a whole number from 1 on"],
  ["first-steps", ["--seed", "1.5"], '1 Error: --seed: expected a whole number from 0 on, received "1.5"'],
  ["irregular-time", ["--bits", ""], "1 Error: --bits: expected a whole number from 1 on"],
  ["lidar-steering", ["--nope"], "1 TypeError: Unknown option '--nope'"],
] as const)("examples/%s", (name, args, message) => {
  it("tells its options, and what is wrong with those given", async () => {
    const [help, refused] = await Promise.all([runExample(name, "--help"), refusal(name, ...args)]);
    expect(help).toContain(`npx tsx examples/${name}/index.ts [options]`);
    expect(refused.slice(0, message.length)).toBe(message);
    expect(refused).not.toContain("    at ");
  }, 60_000);
});
