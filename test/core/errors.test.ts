import { describe, expect, it } from "vitest";
import * as errors from "../../src/core/errors.js";

describe("errors", () => {
  it.each<[string, string, errors.NcpsError]>([
    ["InvalidArgumentError", "INVALID_ARGUMENT", new errors.InvalidArgumentError("gamma", "wrong")],
    ["ShapeError", "SHAPE", new errors.ShapeError("x", "[2]", [3, null], "Transpose it")],
    ["InvalidStateError", "INVALID_STATE", new errors.InvalidStateError("late")],
    ["NotRegisteredError", "NOT_REGISTERED", new errors.NotRegisteredError("unknown")],
    ["EnvContractError", "ENV_CONTRACT", new errors.EnvContractError("broken")],
    ["NonFiniteError", "NON_FINITE", new errors.NonFiniteError("NaN")],
    ["CheckpointError", "CHECKPOINT", new errors.CheckpointError("cut")],
    ["MissingDependencyError", "MISSING_DEPENDENCY", new errors.MissingDependencyError("absent")],
    ["BackendError", "BACKEND", new errors.BackendError("no")],
  ])("%s has its name and code", (name, code, error) => {
    expect(error).toBeInstanceOf(errors.NcpsError);
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code]).toEqual([name, code]);
    expect(error.stack).toContain("errors.test.ts");
  });

  it("names the argument", () => {
    const error = new errors.InvalidArgumentError("gamma", "expected 0..1, received 2");
    expect(error.argument).toBe("gamma");
    expect(error.message).toBe("gamma: expected 0..1, received 2");
  });

  it("shows shapes with unknown sizes", () => {
    expect(new errors.ShapeError("x", "[batch, 2]", [null, 3], "Transpose it").message).toBe(
      "x: expected shape [batch, 2], received [, 3]. Transpose it",
    );
  });

  it("keeps the cause, and has none when none was given", () => {
    const cause = new Error("inner");
    expect(new errors.CheckpointError("outer", { cause }).cause).toBe(cause);
    expect("cause" in new errors.CheckpointError("outer")).toBe(false);
  });
});
