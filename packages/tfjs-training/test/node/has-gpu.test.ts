import { expect, it } from "vitest";
import { hasGpu } from "../../src/node/has-gpu.js";

it("hasGpu checks for a device or a named driver on Linux, and returns true on other systems", () => {
  expect(hasGpu("linux", () => false, {})).toBe(false);
  expect(hasGpu("linux", (path) => path === "/dev/nvidiactl", {})).toBe(true);
  expect(hasGpu("linux", () => false, { VK_ICD_FILENAMES: "/some/driver.json" })).toBe(true);
  expect(hasGpu("darwin", () => false, {})).toBe(true);
});
