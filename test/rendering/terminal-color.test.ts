import { expect, it } from "vitest";
import { terminalColor } from "../../src/rendering/index.js";

it("terminalColor gives NO_COLOR and TERM=dumb precedence", () => {
  expect(terminalColor({ NO_COLOR: "1", COLORTERM: "truecolor", TERM: "xterm-256color" })).toBe("none");
  expect(terminalColor({ TERM: "dumb", COLORTERM: "truecolor" })).toBe("none");
  expect(terminalColor({ NO_COLOR: "", COLORTERM: "truecolor" })).toBe("truecolor"); // empty is not set
});

it("terminalColor uses 24 bits only if they are announced", () => {
  for (const environment of [{ COLORTERM: "24bit" }, { TERM: "xterm-direct" }, { WT_SESSION: "8f-1" }]) {
    expect(terminalColor(environment)).toBe("truecolor");
  }
  for (const environment of [{}, { TERM: "xterm-256color" }, { TERM: "screen", COLORTERM: "yes" }]) {
    expect(terminalColor(environment)).toBe("256");
  }
});
