import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import "../../src/node/index.js";
import { CfC } from "../../src/layers/cfc.js";
import { useBackend } from "../../src/recurrent/use-backend.js";

const folder = mkdtempSync(join(tmpdir(), "model-files-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(async () => void (await useBackend("wasm")));

const made = () => tfl.sequential({ layers: [new CfC({ units: 6, seed: 1, inputShape: [null, 3] })] });

describe("file:// in Node", () => {
  it("saves and loads a model with a CfC layer", async () => {
    const model = made();
    await model.save(`file://${folder}/cfc`);
    const loaded = await tfl.loadLayersModel(`file://${folder}/cfc/model.json`);
    const x = tf.randomNormal([2, 5, 3], 0, 1, "float32", 7);
    const [before, after] = [model, loaded].map((each) => (each.predict(x) as tf.Tensor).dataSync());
    expect(after).toEqual(before);
    for (const each of [model, loaded, x]) each.dispose();
  });

  it("rejects weights outside of the model's folder", async () => {
    const model = made();
    await model.save(`file://${folder}/foreign`);
    model.dispose();
    const file = join(folder, "foreign", "model.json");
    writeFileSync(file, readFileSync(file, "utf8").replace("weights.bin", "../cfc/weights.bin"));
    await expect(tfl.loadLayersModel(`file://${file}`)).rejects.toMatchObject({ code: "CHECKPOINT" });
  });

  it("names what cannot be read", async () => {
    await expect(tfl.loadLayersModel(`file://${folder}/none`)).rejects.toThrow(/none.*cannot be read/);
  });

  it("leaves the scheme to another handler registered later", () => {
    const other: tf.io.IOHandler = { save: async () => ({ modelArtifactsInfo: {} as never }) };
    const none = null as unknown as tf.io.IOHandler;
    tf.io.registerSaveRouter((url) => (String(url).startsWith("file://other") ? other : none));
    expect(tf.io.getSaveHandlers("file://other/model")).toEqual([other]);
    expect(tf.io.getSaveHandlers("file://mine/model")).toHaveLength(1);
  });
});
