import { describe, expect, it } from "vitest";
import { importFailure } from "../../../src/node/workers/import-function.js";

describe("the error of a module that a worker thread cannot import", () => {
  it("explains for TypeScript that threads do not inherit tsx, and what to pass", () => {
    const cause = new TypeError('Unknown file extension ".ts" for /project/walk-env.ts');
    const error = importFailure("env", "file:///project/walk-env.ts", cause);
    expect(error.message).toMatch(/^env: .*walk-env\.ts.*do not inherit tsx: .*compiled.*tsImport/);
    expect(error.cause).toBe(cause);
  });

  it("names the accepted forms for other modules", () => {
    const cause = new Error("Cannot find module");
    expect(importFailure("env", "walk", cause).message).toMatch(/Cannot find module\. Expected a URL/);
  });
});
