import { describe, expect, it } from "vitest";
import { importFailure } from "../../../src/node/workers/import-function.js";

describe("the error of a module that a worker thread cannot import", () => {
  it("says of TypeScript that threads do not inherit tsx, and what to give", () => {
    const cause = new TypeError('Unknown file extension ".ts" for /project/walk-env.ts');
    const error = importFailure("env", "file:///project/walk-env.ts", cause);
    expect(error.message).toMatch(/^env: .*walk-env\.ts.*do not inherit tsx: .*compiled.*tsImport/);
    expect(error.cause).toBe(cause);
  });

  it("says of any other module which forms are understood", () => {
    const cause = new Error("Cannot find module");
    expect(importFailure("env", "walk", cause).message).toMatch(/Cannot find module\. Expected a URL/);
  });
});
