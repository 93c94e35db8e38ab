import { expect, it } from "vitest";
import { hasGpu } from "../../src/node/has-gpu.js";

it("looks for a GPU's device on Linux, or a named driver, and takes other systems to have one", () => {
  expect(hasGpu("linux", () => false, {})).toBe(false);
  expect(hasGpu("linux", (path) => path === "/dev/nvidiactl", {})).toBe(true);
  expect(hasGpu("linux", () => false, { VK_ICD_FILENAMES: "/some/driver.json" })).toBe(true);
  expect(hasGpu("darwin", () => false, {})).toBe(true);
});
