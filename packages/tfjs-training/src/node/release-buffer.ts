/** Memory of array buffers, given back at once. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Transfer = (this: ArrayBuffer, length: number) => ArrayBuffer;

let transfer: Transfer | undefined;

/**
 * Gives the memory of a buffer back without waiting for the garbage collector, which V8 calls again and again where
 * buffers of many megabytes come and go. The buffer is empty afterwards.
 */
export function releaseBuffer(buffer: ArrayBuffer): void {
  transfer ??= findTransfer();
  transfer.call(buffer, 0);
}

// Node 20 has it behind a flag, which counts for contexts made after it.
function findTransfer(): Transfer {
  const { transfer: own } = ArrayBuffer.prototype as { transfer?: Transfer };
  if (own) return own;
  setFlagsFromString("--harmony-rab-gsab-transfer");
  const found = runInNewContext("ArrayBuffer.prototype.transfer") as Transfer | undefined;
  return found ?? ((_: number) => new ArrayBuffer(0)); // left to the collector
}
