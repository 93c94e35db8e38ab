import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { WiredCfCCell } from "../../src/cells/wired-cfc-cell.js";
import { CfC } from "../../src/layers/cfc.js";
import { LTC } from "../../src/layers/ltc.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { cfcKinds, wiring } from "./cfc-kinds.js";
import type { SavedModel } from "./cfc-load-model.js";
import { distance, saveAndLoad, weightValues } from "./layer-helpers.js";

async function save(model: tfl.LayersModel, file: string): Promise<void> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  const input = tf.randomNormal([2, 4, 3], 0, 1, "float32", 1);
  const output = model.predict(input) as tf.Tensor;
  const weightData = Buffer.from(artifacts!.weightData as ArrayBuffer).toString("base64");
  const saved: SavedModel = {
    artifacts: { ...artifacts!, weightData },
    input: { shape: input.shape, values: Array.from(input.dataSync()) },
    output: Array.from(output.dataSync()),
  };
  writeFileSync(file, JSON.stringify(saved));
  tf.dispose([input, output]);
}

describe("saved CfC layers", () => {
  beforeAll(async () => {
    await useBackend("cpu");
  });

  it("predict the same in a new process: every kind, flavour and mode", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cfc-"));
    for (const [name, options] of cfcKinds) {
      const layer = new CfC({ ...options, projSize: 2, returnSequences: true, inputShape: [null, 3] });
      const model = tfl.sequential({ layers: [layer, tfl.layers.dense({ units: 1 })] });
      await save(model, join(folder, name));
      model.dispose();
    }
    const ltc = new LTC({ wiring, mixedMemory: true, flavour: "tf", inputShape: [null, 3], seed: 1 });
    const mixed = tfl.sequential({ layers: [ltc] });
    await save(mixed, join(folder, "mixed ltc"));
    mixed.dispose();
    const both = tfl.layers.bidirectional({
      layer: new CfC({ wiring, mixedMemory: true, flavour: "tf", returnSequences: true, seed: 1 }) as never,
      mergeMode: "concat",
      inputShape: [null, 3],
    });
    const model = tfl.sequential({ layers: [both, new CfC({ units: 3, seed: 2 })] });
    await save(model, join(folder, "bidirectional"));
    model.dispose();
    const script = "test/layers/cfc-load-model.ts";
    const run = spawnSync(process.execPath, ["--import", "tsx", script, folder], { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    expect(run.status, run.stderr).toBe(0);
    const errors = JSON.parse(run.stdout) as Record<string, number>;
    expect(Object.keys(errors)).toHaveLength(cfcKinds.length + 2);
    for (const [name, error] of Object.entries(errors)) expect(error, name).toBe(0);
  });

  it.each(cfcKinds)("round-trip config and weights: %s", async (_, options) => {
    const layer = new CfC({ ...options, inputShape: [4, 3], name: "core" });
    const model = tfl.sequential({ layers: [layer] });
    const loaded = await saveAndLoad(model);
    const copy = loaded.layers[0] as CfC;
    expect(copy.getConfig()).toEqual(layer.getConfig());
    expect(weightValues(copy)).toEqual(weightValues(layer));
    const x = tf.randomNormal([2, 4, 3]);
    expect(distance(loaded.predict(x) as tf.Tensor, model.predict(x) as tf.Tensor)).toBe(0);
    x.dispose();
    model.dispose();
    loaded.dispose();
  });

  it("contain the wiring", () => {
    const config = new CfC({ wiring, seed: 1 }).getConfig();
    const copy = CfC.fromConfig(CfC as never, JSON.parse(JSON.stringify(config))) as CfC;
    const { cell } = copy;
    if (!(cell instanceof WiredCfCCell)) throw new Error("expected a wired cell");
    expect(cell.wiring.toJSON()).toEqual(wiring.toJSON());
    expect(cell.wiring.build(3).adjacency).toEqual(wiring.build(3).adjacency);
  });
});
