import { afterEach, expect, it, vi } from "vitest";
import { MemoryCheckpointStore } from "../../../src/checkpoints/index.js";

const store = new MemoryCheckpointStore();
afterEach(() => void vi.resetModules());
const fresh = () => import("../../../src/trainers/common/checkpoint-paths.js");

it("says what to import while no platform is installed, and takes stores without one", async () => {
  const { checkpointStore, locate, locateNewest } = await fresh();
  for (const ask of [() => locate("runs/a"), () => checkpointStore("runs/a")]) {
    expect(ask).toThrow(/the path "runs\/a" needs the files of Node: import "ncps-ts\/node"/);
    expect(ask).toThrow(expect.objectContaining({ code: "INVALID_STATE" }));
  }
  const place = { store, name: "a" };
  expect(locate(place)).toBe(place);
  expect(await locateNewest(place)).toBe(place);
  expect(checkpointStore(store)).toBe(store);
});

it("asks the installed platform for paths", async () => {
  const { checkpointPaths, checkpointStore, locate, locateNewest } = await fresh();
  checkpointPaths.install({
    checkpointAt: (path) => ({ store, name: `at ${path}` }),
    checkpointToResume: async (path) => ({ store, name: `newest of ${path}` }),
    checkpoints: () => store,
  });
  expect(locate("runs/a").name).toBe("at runs/a");
  expect((await locateNewest("runs/a")).name).toBe("newest of runs/a");
  expect(checkpointStore("runs")).toBe(store);
});
