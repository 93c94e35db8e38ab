/** All files of an archive at once. */

import { type ZipFilesOptions, zipFiles } from "../../src/bridges/zip.js";

export function readZip(bytes: Uint8Array, options?: ZipFilesOptions): Map<string, Uint8Array> {
  return new Map([...zipFiles(bytes, options)].filter((file) => file !== undefined));
}
