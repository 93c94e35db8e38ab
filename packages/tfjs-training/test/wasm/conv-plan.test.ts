import { describe, expect, it } from "vitest";
import { convGeometry, type Shape4D } from "../../src/wasm/convolution/conv-geometry.js";
import { type ConvolutionPass, convolutionPlan } from "../../src/wasm/convolution/conv-plan.js";

const nature: [Shape4D, Shape4D, number][] = [
  [[1, 84, 84, 4], [8, 8, 4, 32], 4],
  [[1, 20, 20, 32], [4, 4, 32, 64], 2],
  [[1, 9, 9, 64], [3, 3, 64, 64], 1],
];

function planOf(
  [x, filter, strides]: [Shape4D, Shape4D, number],
  { batch = 256, pass = "forward" as ConvolutionPass, engine = false, dilations = 1 } = {},
) {
  const images: Shape4D = [batch, x[1], x[2], x[3]];
  const plan = convolutionPlan(
    convGeometry(images, filter, { strides, pad: "valid", dilations }),
    pass,
    engine,
  );
  if (plan.way !== "winograd") return plan.way;
  return plan.axes.map(({ form: { outputs, taps } }) => `F(${outputs},${taps})`).join(" x ");
}

describe("the method of a convolution", () => {
  it("is Winograd's for minibatches of the Nature network", () => {
    for (const pass of ["forward", "inputGradient", "filterGradient"] as const) {
      const plans = nature.map((layer) => planOf(layer, { pass }));
      expect(plans).toEqual(["F(5,2) x F(5,2)", "F(3,2) x F(3,2)", "F(4,3) x F(4,3)"]);
    }
  });

  it("is the direct one for a single frame", () => {
    for (const engine of [false, true]) {
      expect(nature.map((layer) => planOf(layer, { batch: 1, engine }))).toEqual([
        "direct",
        "direct",
        "direct",
      ]);
    }
  });

  it("depends on how fast products are", () => {
    expect(planOf(nature[1], { engine: true })).toBe("F(3,2) x F(3,2)");
    expect(planOf(nature[2], { engine: true })).toBe("F(4,3) x F(4,3)");
    expect(planOf(nature[2], { batch: 16 })).toBe("F(4,3) x F(4,3)");
    expect(planOf(nature[2], { batch: 16, engine: true })).toBe("direct");
  });

  it("is one product if every pixel is multiplied with one matrix", () => {
    expect(planOf([[1, 9, 9, 64], [1, 1, 64, 64], 1])).toBe("product");
    expect(planOf([[1, 9, 9, 64], [1, 1, 64, 64], 2])).toBe("direct");
  });

  it("is the direct one with dilations, few channels, filters of one stride or of more than three", () => {
    expect(planOf([[1, 20, 20, 64], [3, 3, 64, 64], 1], { dilations: 2 })).toBe("direct");
    expect(planOf([[1, 32, 32, 3], [3, 3, 3, 16], 1])).toBe("direct");
    expect(planOf([[1, 32, 32, 64], [4, 4, 64, 64], 4])).toBe("direct");
    expect(planOf([[1, 32, 32, 64], [7, 7, 64, 64], 2])).toBe("direct");
  });

  it("mixes algorithms if the axes differ", () => {
    expect(planOf([[1, 20, 24, 32], [4, 3, 32, 32], 2])).toMatch(/^F\(3,2\) x F\([23],2\)$/);
    expect(planOf([[1, 30, 30, 64], [3, 1, 64, 64], 1])).toBe("F(4,3) x F(1,1)");
  });
});
