/** Fingerprints of files. */

import { CheckpointError } from "../core/errors.js";

const LONGEST = 2 ** 31 - 1; // what crypto.subtle of Node takes

/**
 * SHA-256 of some bytes as 64 hexadecimal digits.
 *
 * @param file name used in error messages
 * @throws CheckpointError when there are 2 GiB or more, or the page is not served over https
 */
export async function sha256(bytes: Uint8Array, file: string): Promise<string> {
  if (bytes.length > LONGEST) {
    throw new CheckpointError(
      `${file}: ${bytes.length} bytes are more than a checkpoint can hold (2 GiB). Leave the replay memory out`,
    );
  }
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) {
    throw new CheckpointError(
      `${file}: checkpoints need crypto.subtle, which browsers offer on https pages and localhost only`,
    );
  }
  const digest = await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
