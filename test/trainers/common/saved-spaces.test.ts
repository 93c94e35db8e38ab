import { describe, expect, it } from "vitest";
import { CheckpointError } from "../../../src/core/errors.js";
import type { StateTree } from "../../../src/core/state.js";
import { type ActionSpace, Box, Discrete, MultiDiscrete } from "../../../src/spaces/index.js";
import { checkSameSpaces, describeSpaces, readSpaces } from "../../../src/trainers/common/saved-spaces.js";

const observationSpace = new Box({ low: [-1, -2], high: [1, 2], shape: [2] });
const box = new Box({ low: 0, high: 255, shape: [4, 4, 1], dtype: "uint8" });

describe("describeSpaces and readSpaces", () => {
  it.each<[string, ActionSpace]>([
    ["Discrete", new Discrete(3, 5)],
    ["MultiDiscrete", new MultiDiscrete([2, 3])],
    ["Box", box],
  ])("bring spaces back: %s", (_, actionSpace) => {
    const again = readSpaces(describeSpaces({ observationSpace, actionSpace }));
    expect(again.observationSpace.toJSON()).toEqual(observationSpace.toJSON());
    expect(again.actionSpace.toJSON()).toEqual(actionSpace.toJSON());
  });

  it("keep equal bounds as one number", () => {
    const same = new Box({ low: [0, 0], high: [1, 1], shape: [2] });
    const { observationSpace: described } = describeSpaces({ observationSpace: same, actionSpace: box });
    expect(described).toMatchObject({ low: 0, high: 1 });
  });

  it.each<[StateTree, RegExp]>([
    [{ kind: "code" }, /actionSpace": expected the description of a space/],
    [{ kind: "discrete", n: -1, start: 0 }, /actionSpace"/],
    [{ kind: "box", shape: [2 ** 20, 2 ** 20], dtype: "uint8", low: 0, high: 1 }, /description of a space/],
    [{ kind: "multi-discrete", nvec: "3" }, /description of a space/],
    [null, /expected a record, received null/],
  ])("refuse the action space %j", (actionSpace, message) => {
    const { observationSpace: observed } = describeSpaces({ observationSpace, actionSpace: box });
    const read = () => readSpaces({ observationSpace: observed, actionSpace });
    expect(read).toThrow(CheckpointError);
    expect(read).toThrow(message);
  });

  it("refuse observations that are no box", () => {
    const { actionSpace } = describeSpaces({ observationSpace, actionSpace: new Discrete(2) });
    expect(() => readSpaces({ observationSpace: actionSpace, actionSpace })).toThrow(
      /expected a box, received discrete/,
    );
  });
});

describe("checkSameSpaces", () => {
  const spaces = { observationSpace, actionSpace: new Discrete(3) };

  it("lets bounds differ, but no sizes, types or numbers of actions", () => {
    const wider = { ...spaces, observationSpace: new Box({ low: -9, high: 9, shape: [2] }) };
    expect(() => checkSameSpaces(spaces, wider)).not.toThrow();
    const of = (other: Partial<typeof spaces>) => () => checkSameSpaces(spaces, { ...spaces, ...other });
    expect(of({ observationSpace: box })).toThrow(
      /observationSpace: expected Box of float32 \[2\], received Box of uint8/,
    );
    expect(of({ actionSpace: new Discrete(4) })).toThrow(
      /actionSpace: expected Discrete\(3\), received Discrete\(4\)/,
    );
    expect(of({ actionSpace: new Discrete(3, 1) })).toThrow(/Discrete\(3, start 1\)/);
  });
});
