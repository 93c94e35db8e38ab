// A CfC in a model of tfjs-layers; all have to use the same copies of tfjs.
import { ones } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-layers";
import { CfC, useBackend } from "ncps-ts";

await useBackend("wasm");
const model = tf.sequential();
model.add(new CfC({ units: 8, returnSequences: true, inputShape: [null, 2] }));
model.add(tf.layers.dense({ units: 1 }));
console.log(`outputs ${JSON.stringify(model.predict(ones([2, 5, 2])).shape)}`);
