/**
 * Reads damaged and hostile inputs: each must result in a typed error or the right data, within 2 s and 200 MB.
 *
 * `npm run fuzz -- TARGET N [--seed S] [--first K]`; `all` for every target, without arguments a list of them. Exit
 * status 1 when a mutant failed. `npm run fuzz -- TARGET 1 --seed S --first K` plays mutant K of seed S again.
 */

import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { fuzz } from "./fuzz-run.js";
import type { FuzzTarget } from "./fuzz-targets/target.js";

const folder = new URL("./fuzz-targets/", import.meta.url);

async function allTargets(): Promise<FuzzTarget[]> {
  const modules = await Promise.all(
    readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => import(new URL(name, folder).href) as Promise<{ targets?: FuzzTarget[] }>),
  );
  return modules.flatMap(({ targets = [] }) => targets);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string", default: "0" }, first: { type: "string", default: "0" } },
});
const [name, count = "1100"] = positionals;
const targets = await allTargets();
const chosen = targets.filter((target) => name === "all" || target.name === name);
if (name === undefined || chosen.length === 0) {
  console.log(
    `Usage: npm run fuzz -- TARGET N [--seed S] [--first K]\nTargets: all, ${targets.map((target) => target.name).join(", ")}`,
  );
  process.exitCode = name === undefined ? 0 : 1;
}
for (const target of chosen) {
  const { typed, loaded, failures } = await fuzz(target, {
    count: Number(count),
    seed: Number(values.seed),
    first: Number(values.first),
    onFailure: (failure) => console.error(failure),
  });
  console.log(`${target.name}: ${typed} typed errors, ${loaded} loaded, ${failures.length} failures`);
  if (failures.length > 0) process.exitCode = 1;
}
