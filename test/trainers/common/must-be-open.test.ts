import { describe, expect, it } from "vitest";
import { InvalidStateError } from "../../../src/core/errors.js";
import { mustBeOpen } from "../../../src/trainers/common/must-be-open.js";

describe("mustBeOpen", () => {
  it("names the method that was called on a closed trainer, and says what to do", () => {
    expect(() => mustBeOpen(false, "predict")).not.toThrow();
    expect(() => mustBeOpen(true, "predict")).toThrow(InvalidStateError);
    expect(() => mustBeOpen(true, "predict")).toThrow(/^predict\(\) on a closed trainer.*before close\(\)/);
  });
});
