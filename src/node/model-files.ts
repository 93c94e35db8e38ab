/** tfjs models as files: `file://` for `model.save` and `tf.loadLayersModel`, in Node without tfjs-node. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { CheckpointError } from "../core/errors.js";

const SCHEME = "file://";
const MODEL = "model.json";
const WEIGHTS = "weights.bin";

/**
 * Reads and writes a tfjs model as `model.json` and `weights.bin`, the format of tfjs-node: `file://path/to/folder`
 * to save, `file://path/to/folder/model.json` (or the folder) to load.
 */
class ModelFiles implements tf.io.IOHandler {
  private readonly path: string;

  constructor(url: string) {
    this.path = resolve(decodeURIComponent(url.slice(SCHEME.length)));
  }

  /** @throws CheckpointError when the files cannot be written */
  async save(artifacts: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> {
    const { modelTopology, weightSpecs = [], weightData } = artifacts;
    const json: tf.io.ModelJSON = {
      modelTopology: modelTopology as object,
      weightsManifest: [{ paths: [WEIGHTS], weights: weightSpecs }],
      format: artifacts.format,
      generatedBy: artifacts.generatedBy,
      convertedBy: artifacts.convertedBy,
      ...(artifacts.trainingConfig && { trainingConfig: artifacts.trainingConfig }),
      ...(artifacts.userDefinedMetadata && { userDefinedMetadata: artifacts.userDefinedMetadata }),
    };
    await attempt(`the model cannot be written to ${this.path}`, async () => {
      await mkdir(this.path, { recursive: true });
      await writeFile(
        join(this.path, WEIGHTS),
        new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData ?? [])),
      );
      await writeFile(join(this.path, MODEL), JSON.stringify(json));
    });
    return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
  }

  /** @throws CheckpointError when the files cannot be read */
  async load(): Promise<tf.io.ModelArtifacts> {
    const file = this.path.endsWith(".json") ? this.path : join(this.path, MODEL);
    const folder = dirname(file);
    const json = await attempt(`the model ${file} cannot be read`, async () => {
      return JSON.parse(await readFile(file, "utf8")) as tf.io.ModelJSON;
    });
    return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
      const read = manifest.flatMap(({ paths }) => paths).map((path) => weightsOf(folder, path));
      return [
        manifest.flatMap(({ weights }) => weights),
        tf.io.CompositeArrayBuffer.join(await Promise.all(read)),
      ];
    });
  }
}

// An untrusted model must not read files elsewhere.
async function weightsOf(folder: string, path: string): Promise<ArrayBuffer> {
  const file = resolve(folder, path);
  if (!file.startsWith(folder + sep)) {
    throw new CheckpointError(`the model in ${folder} refers to weights outside of it: "${path}"`);
  }
  return attempt(`the weights ${file} cannot be read`, async () => {
    const bytes = await readFile(file);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  });
}

async function attempt<Result>(failure: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (cause) {
    throw new CheckpointError(`${failure}: ${(cause as Error).message}`, { cause });
  }
}

let asking = false;

// tfjs requires exactly one handler: if tfjs-node has registered one, before or later, that one is used.
function unlessOthers(url: string | string[], others: (url: string) => tf.io.IOHandler[]): tf.io.IOHandler {
  const none = null as unknown as tf.io.IOHandler;
  if (asking || typeof url !== "string" || !url.startsWith(SCHEME)) return none;
  asking = true;
  try {
    return others(url).length > 0 ? none : new ModelFiles(url);
  } finally {
    asking = false;
  }
}

tf.io.registerSaveRouter((url) => unlessOthers(url, tf.io.getSaveHandlers));
tf.io.registerLoadRouter((url) => unlessOthers(url, (each) => tf.io.getLoadHandlers(each)));
