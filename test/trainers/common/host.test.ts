import { afterEach, expect, it, vi } from "vitest";
import { MemoryCheckpointStore } from "../../../src/checkpoints/index.js";
import { InvalidStateError } from "../../../src/core/errors.js";

const store = new MemoryCheckpointStore();
afterEach(() => void vi.resetModules());
const fresh = () => import("../../../src/trainers/common/host.js");

it("says what to import while no platform is installed, and takes stores without one", async () => {
  const { host, hostForPath, locate, locateNewest } = await fresh();
  expect(() => hostForPath("runs/a")).toThrow(
    /the path "runs\/a" needs the services of Node: import "ncps-ts\/node"/,
  );
  expect(() => host("a progress bar", "write one")).toThrow(
    expect.objectContaining({ code: "INVALID_STATE" }),
  );
  const place = { store, name: "a" };
  expect(locate(place)).toBe(place);
  expect(await locateNewest(place)).toBe(place);
  expect(new InvalidStateError("x").code).toBe("INVALID_STATE");
});

it("asks the installed platform for paths", async () => {
  const { installHost, locate, locateNewest } = await fresh();
  installHost({
    checkpointAt: (path) => ({ store, name: `at ${path}` }),
    checkpointToResume: async (path) => ({ store, name: `newest of ${path}` }),
    checkpoints: () => store,
    progressBar: () => ({}),
  });
  expect(locate("runs/a").name).toBe("at runs/a");
  expect((await locateNewest("runs/a")).name).toBe("newest of runs/a");
});
