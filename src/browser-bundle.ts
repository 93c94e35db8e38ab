/** Everything in one file for `<script type="module">`: the library, and the copies of tfjs that it runs on. */

export * as tf from "@tensorflow/tfjs-core";
export * as layers from "@tensorflow/tfjs-layers";
export * from "./index.js";
