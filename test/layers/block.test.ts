import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, InvalidStateError } from "../../src/core/errors.js";
import { Block, type BlockOptions, type LayerShape } from "../../src/layers/block.js";
import { CfC } from "../../src/layers/cfc.js";
import { ConvBlock } from "../../src/layers/conv-block.js";
import { Linear } from "../../src/layers/linear.js";
import { LTC } from "../../src/layers/ltc.js";
import { MLP } from "../../src/layers/mlp.js";
import { NatureCNN } from "../../src/layers/nature-cnn.js";
import { useBackend } from "../../src/recurrent/use-backend.js";

/** Multiplies each feature by a separate weight. */
class Scale extends Block {
  static className = "ScaleOfTests";
  private factors!: tf.Variable;

  constructor(options: BlockOptions = {}) {
    super(options, "scale");
  }

  protected override createVariables(inputShape: LayerShape): void {
    this.factors = this.addVariable("factors", { kind: "normal", shape: [inputShape.at(-1) as number] });
  }

  override forward(x: tf.Tensor): tf.Tensor {
    this.ensureBuilt(x);
    return tf.mul(x, this.factors);
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    return inputShape as LayerShape;
  }
}

describe("Block", () => {
  beforeAll(() => useBackend("wasm"));

  it("makes its weights at the first call, for the size of the input, and once", () => {
    const scale = new Scale({ seed: 3 });
    expect(() => scale.variables).toThrow(InvalidStateError);
    tf.tidy(() => scale.forward(tf.ones([2, 5])));
    expect([...scale.variables].map(([name, { shape }]) => [name, shape])).toEqual([["scale/factors", [5]]]);
    const weight = scale.variables.get("scale/factors");
    scale.build([null, 7]);
    expect(scale.variables.get("scale/factors")).toBe(weight);
    scale.dispose();
  });

  it("keeps its weights while a model uses them, and says that they are gone afterwards", () => {
    const scale = new Scale({ inputShape: [2] });
    const model = tfl.sequential({ layers: [scale] });
    const x = tf.ones([1, 2]);
    tf.dispose(scale.forward(x));
    model.dispose();
    expect(() => scale.forward(x)).toThrow(InvalidStateError);
    expect(scale.dispose()).toEqual({ refCountAfterDispose: 0, numDisposedVariables: 0 });
    x.dispose();
  });

  it("has weights that are not trainable with trainable: false, before and after they are made", () => {
    const [frozen, later] = [new Scale({ trainable: false }), new Scale()];
    frozen.build([null, 2]);
    later.build([null, 2]);
    later.trainable = false;
    for (const scale of [frozen, later]) {
      expect([...scale.variables.values()].map(({ trainable }) => trainable)).toEqual([false]);
      scale.dispose();
    }
  });

  it("keeps seed and name in its config, and gives loaded weights the same names", () => {
    const named = new Scale({ name: "vision", seed: 4 });
    expect(named.getConfig()).toMatchObject({ name: "vision", seed: 4 });
    expect(named.prefix).toBe("vision");
    // A layer without a name is numbered by tfjs, and saved so.
    const numbered = new Scale({ name: new Scale().name });
    expect(numbered.prefix).toBe("scale");
  });
});

describe("layers", () => {
  it.each<[string, () => unknown]>([
    ["did you mean hiddenUnits?", () => new MLP({ hiddenUnit: [4] } as never)],
    ["kernelInitializer", () => new Linear({ units: 4, kernel_initializer: "zeros" } as never)],
    ["kernelSize", () => new ConvBlock({ kernelsize: 3 } as never)],
    ["convolutions", () => new NatureCNN({ convolution: [] } as never)],
    ["flavour", () => new CfC({ units: 4, flavor: "tf" } as never)],
    ["returnSequences", () => new CfC({ units: 4, return_sequences: true } as never)],
    ["backboneUnits", () => new CfC({ units: 4, backboneUnit: 5 } as never)],
    ["odeUnfolds", () => new LTC({ units: 4, ode_unfold: 5 } as never)],
    ["expected units or a wiring, received neither", () => new CfC({})],
    ["CfC expected an object of options", () => new CfC(undefined as never)],
  ])("suggest the correct option: %s", (meant, make) => {
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(meant);
  });
});

it("Subclasses of layers can have additional options", () => {
  class Own extends MLP {
    constructor(options: { hiddenUnits: number[]; mine: number }) {
      super(options);
    }
  }
  expect(new Own({ hiddenUnits: [2], mine: 3 }).hiddenUnits).toEqual([2]);
});
