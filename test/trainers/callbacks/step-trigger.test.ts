import { describe, expect, it } from "vitest";
import { StepTrigger } from "../../../src/trainers/callbacks/step-trigger.js";

const dueAt = (trigger: StepTrigger, steps: number[]) => steps.filter((step) => trigger.due(step));

describe("StepTrigger", () => {
  it("is due at every interval of steps, counted from the first look", () => {
    expect(dueAt(new StepTrigger(10, "freq"), [5, 14, 15, 16, 24, 25])).toEqual([15, 25]);
  });

  it("counts from the step at which it was last due, with environments that step together", () => {
    const trigger = new StepTrigger(10, "freq");
    trigger.start(0);
    trigger.start(8); // it has started already
    expect(dueAt(trigger, [8, 16, 24, 32])).toEqual([16, 32]);
  });

  it("goes on counting from a saved state, and from none", () => {
    const [trigger, other] = [new StepTrigger(10, "freq"), new StepTrigger(10, "freq")];
    trigger.start(3);
    other.setState(trigger.getState());
    expect(dueAt(other, [12, 13])).toEqual([13]);
    other.setState(new StepTrigger(10, "freq").getState());
    expect(dueAt(other, [100, 109, 110])).toEqual([110]);
  });

  it.each([0, -1, Number.NaN])("refuses the interval %s by the option's name", (every) => {
    expect(() => new StepTrigger(every, "saveFreq")).toThrow(/^saveFreq: expected a positive number/);
  });
});
