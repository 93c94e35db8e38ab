import { fileURLToPath } from "node:url";
import { build } from "esbuild";
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

  it("keeps the cause, and has none by default", () => {
    const cause = new Error("inner");
    expect(new errors.CheckpointError("outer", { cause }).cause).toBe(cause);
    expect("cause" in new errors.CheckpointError("outer")).toBe(false);
  });

  it("keep their names in a minified bundle, on the first line of the stack too", async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `
          export * from "./src/core/errors.js";
          export { EnvFailedError } from "./src/vector/env-failed-error.js";
          export { LearnerFailedError } from "./src/trainers/ppo/learners/learner-failed-error.js";`,
        resolveDir: fileURLToPath(new URL("../..", import.meta.url)),
      },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
    });
    const code = Buffer.from(outputFiles[0].contents).toString("base64");
    const minified = (await import(`data:text/javascript;base64,${code}`)) as typeof errors;
    const failure = { index: 0, learner: 0, step: 0, during: "step", cause: "nothing" };
    const classes = Object.entries(minified) as [string, new (...args: unknown[]) => errors.NcpsError][];
    expect(classes.length).toBeGreaterThan(13);
    for (const [exported, ErrorClass] of classes) {
      const name = exported === "NcpsError" ? "TrainingError" : exported; // the base of both packages
      const error = new ErrorClass(/Failed/.test(name) ? failure : "x", "y", [1]);
      expect(ErrorClass.name, "the bundle is minified").not.toBe(name);
      expect([error.name, String(error).split(":")[0], error.stack?.split(":")[0]]).toEqual([
        name,
        name,
        name,
      ]);
    }
  });
});
