import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runExample } from "./run-example.js";

it("examples/wiring-gallery writes each picture in three forms", async () => {
  const printed = await runExample("wiring-gallery");
  expect(printed).toContain("auto-ncp");
  const folder = fileURLToPath(new URL("../../examples/wiring-gallery/out/", import.meta.url));
  const files = (await readdir(folder)).filter((file) => file.startsWith("auto-ncp."));
  expect(files).toHaveLength(3);
  const svg = files.find((file) => file.endsWith(".svg"));
  expect(await readFile(folder + svg, "utf8")).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
}, 60_000);
