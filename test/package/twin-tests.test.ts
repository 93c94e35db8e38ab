import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const rooms = ["losses", "cells", "layers", "memory", "wrappers", "trainers"];

/** Files that hold types or tables alone: there is nothing that runs. */
const withoutConcept = new Set([
  "cells/recurrent-cell.ts",
  "losses/distribution.ts",
  "trainers/callbacks/callback.ts",
  "trainers/common/trainer.ts",
  "trainers/common/trainer-hints.ts",
  "trainers/dqn/dqn-presets.ts",
  "trainers/ppo/learners/learner-model.ts",
  "trainers/ppo/learners/learner-setup.ts",
  "trainers/ppo/loss-monitors.ts",
  "trainers/ppo/ppo-presets.ts",
]);

const files = rooms.flatMap((room) =>
  readdirSync(join(root, "src", room), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith("index.ts"))
    .map((name) => join(room, name)),
);
const twinOf = (file: string) => join(root, "test", file.replace(/\.ts$/, ".test.ts"));

describe("every concept of a room has a test of the same name in the same folder of test/", () => {
  it.each(rooms)("in %s", (room) => {
    const own = files.filter((file) => file.startsWith(`${room}/`));
    expect(own.length).toBeGreaterThan(5);
    expect(own.filter((file) => !withoutConcept.has(file) && !existsSync(twinOf(file)))).toEqual([]);
  });

  it("but for files of types and tables, which are still there and have no classes", () => {
    expect([...withoutConcept].filter((file) => !files.includes(file))).toEqual([]);
    const code = (file: string) => readFileSync(join(root, "src", file), "utf8");
    expect([...withoutConcept].filter((file) => /^export (abstract )?class /m.test(code(file)))).toEqual([]);
  });

  it("and each twin has tests", () => {
    const twins = files.map(twinOf).filter((twin) => existsSync(twin));
    expect(twins.filter((twin) => !/\b(it|test)(\.each)?[(<]/.test(readFileSync(twin, "utf8")))).toEqual([]);
  });
});
