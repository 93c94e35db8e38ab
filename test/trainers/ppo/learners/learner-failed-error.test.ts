import { describe, expect, it } from "vitest";
import { NcpsError } from "../../../../src/core/errors.js";
import { LearnerFailedError } from "../../../../src/trainers/ppo/learners/learner-failed-error.js";

describe("LearnerFailedError", () => {
  it("tells which learner, in what, and why", () => {
    const cause = new RangeError("too large");
    const error = new LearnerFailedError({ learner: 2, during: "a step", cause });
    expect(error).toBeInstanceOf(NcpsError);
    expect(error).toMatchObject({
      name: "LearnerFailedError",
      code: "LEARNER_FAILED",
      learner: 2,
      during: "a step",
      cause,
    });
    expect(error.message).toBe("learner 2 failed in a step: RangeError: too large");
    expect(new LearnerFailedError({ learner: 1, during: "its start", cause: "exit code 1" }).message).toBe(
      "learner 1 failed in its start: exit code 1",
    );
  });
});
