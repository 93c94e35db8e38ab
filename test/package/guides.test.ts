import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { dqnDefaults } from "../../src/trainers/dqn/dqn-options.js";
import * as dqnPresets from "../../src/trainers/dqn/dqn-presets.js";
import { ppoDefaults } from "../../src/trainers/ppo/ppo-options.js";
import * as ppoPresets from "../../src/trainers/ppo/ppo-presets.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = (name: string) => readFileSync(join(root, "docs", name), "utf8");

/** The keys of log rows that the sources of some folders name. */
function logKeysOf(...folders: string[]): string[] {
  const files = folders.flatMap((folder) => {
    const names = readdirSync(join(root, "src/trainers", folder), { recursive: true, encoding: "utf8" });
    return names
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(root, "src/trainers", folder, name));
  });
  const keys = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/"((?:rollout|time|train|val)\/\w+)":/g)].map(([, key]) => key),
  );
  return [...new Set(keys)];
}

/** The cells of a page's row that begins with a name, from the first table whose head has a preset. */
function presetRow(text: string, head: string, option: string): Map<string, string> {
  const cells = (line: string) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
  const lines = text.slice(text.indexOf(head)).split("\n");
  const row = lines.find((line) => line.startsWith(`| \`${option}\` |`)) ?? "";
  return new Map(cells(lines[0]).map((name, i) => [name.replaceAll("`", ""), cells(row)[i]]));
}

describe("the guides of the trainers", () => {
  it.each([
    ["ppo.md", ppoDefaults],
    ["dqn.md", dqnDefaults],
  ])("name every hyper-parameter: %s", (name, defaults) => {
    const text = page(name);
    expect(Object.keys(defaults).filter((option) => !text.includes(`\`${option}\``))).toEqual([]);
  });

  it.each([
    ["ppo.md", "ppo"],
    ["dqn.md", "dqn"],
    ["behavior-cloning.md", "cloning"],
  ])("explain every key of the log: %s", (name, folder) => {
    const counted = /^time\/batches/; // what cloning has in place of the common keys of environments
    const common = logKeysOf("common").filter((key) => counted.test(key) === (folder === "cloning"));
    const keys = [...logKeysOf(folder), ...common];
    expect(keys).toContain(name === "behavior-cloning.md" ? "train/epoch" : "time/fps");
    const text = page(name);
    expect(keys.filter((key) => !text.includes(`\`${key}\``))).toEqual([]);
  });

  it("have the numbers of PPO's presets", () => {
    const text = page("ppo.md");
    const head = "| option | default | `rllibAtari`";
    for (const option of ["learningRate", "gamma", "gaeLambda", "clipRange", "entCoef"] as const) {
      const { option: _, default: byDefault, ...told } = Object.fromEntries(presetRow(text, head, option));
      expect([option, byDefault]).toEqual([option, shown(ppoDefaults[option])]);
      const real = Object.entries(ppoPresets).map(([name, preset]) => {
        return [name.replace(/PPO$/, ""), shown(preset[option] ?? ppoDefaults[option])];
      });
      expect([option, told]).toEqual([option, Object.fromEntries(real)]);
    }
  });

  it("have the numbers of DQN's presets", () => {
    const text = page("dqn.md");
    const head = "| option | default | `cartPoleDQN`";
    for (const option of [
      "numEnvs",
      "capacity",
      "learningStarts",
      "batchSize",
      "learningRate",
      "nStep",
    ] as const) {
      const { option: _, default: byDefault, ...told } = Object.fromEntries(presetRow(text, head, option));
      expect([option, byDefault]).toEqual([option, shown(dqnDefaults[option])]);
      const real = Object.entries(dqnPresets).map(([name, preset]) => {
        return [name, shown(preset[option] ?? dqnDefaults[option])];
      });
      expect([option, told]).toEqual([option, Object.fromEntries(real)]);
    }
  });
});

/** A value as the tables show it. */
function shown(value: unknown): string {
  if (typeof value !== "number") return String(value);
  if (value >= 1000) return value.toLocaleString("en");
  return value > 0 && value < 0.01 ? value.toExponential() : String(value);
}
