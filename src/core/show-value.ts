/** Formatting of values in error messages. */

export { showValue } from "tfjs-training/core";
