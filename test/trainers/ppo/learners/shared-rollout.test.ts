import { describe, expect, it } from "vitest";
import { attachRollout, shareRollout } from "../../../../src/trainers/ppo/learners/shared-rollout.js";

const options = {
  numEnvs: 2,
  numSteps: 3,
  observationShape: [2],
  observationDtype: "uint8",
  distributionSize: 2,
  stateSize: 4,
} as const;

describe("shareRollout and attachRollout", () => {
  it("see the same memory in every array", () => {
    const { buffer, shared } = shareRollout(options);
    // As a thread gets it: sizes are copied, shared memory is not.
    const other = attachRollout({ ...structuredClone({ options: shared.options }), memory: shared.memory });
    for (const [name, array] of Object.entries(buffer)) {
      if (!ArrayBuffer.isView(array) || name === "nextStarts") continue;
      (array as Float32Array)[1] = 7;
      expect([name, (other[name as "values"] as Float32Array)[1]]).toEqual([name, 7]);
    }
    expect(other.observations).toBeInstanceOf(Uint8Array);
    expect(other.observations).toHaveLength(2 * 3 * 2);
  });

  it("has one piece of memory for each array", () => {
    const { buffer, shared } = shareRollout(options);
    const buffers = Object.values(buffer).flatMap((each) =>
      ArrayBuffer.isView(each) && (each.buffer as unknown) instanceof SharedArrayBuffer ? [each.buffer] : [],
    );
    expect(new Set(shared.memory)).toEqual(new Set(buffers));
  });
});
