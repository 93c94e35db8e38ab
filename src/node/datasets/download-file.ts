/** Download of a large file, resumable over several attempts. */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { DatasetError, InvalidArgumentError } from "../../core/errors.js";
import { showValue } from "../../core/show-value.js";
import { attempt } from "./cloning-folder.js";

/** Options of a download. */
export interface DownloadOptions {
  /** SHA-256 of the whole file in hexadecimal; default: only its size is checked. */
  sha256?: string;
  /** Called with the number of bytes received, and the total if the server sends it. */
  onProgress?(bytes: number, total: number | undefined): void;
  /** Aborts the download; the bytes received so far are kept for the next call. */
  signal?: AbortSignal;
}

interface Begun {
  url: string;
  validator: string | null;
}

/**
 * Downloads a file to `path`, streamed through `<path>.part`. An interrupted download is continued if
 * the server supports ranges and the file has not changed; otherwise it starts from the beginning.
 *
 * @throws DatasetError when the server refuses, the connection breaks, the disk is full, or size or checksum differ
 */
export async function downloadFile(url: string, path: string, options: DownloadOptions = {}): Promise<void> {
  const { sha256 } = options;
  if (sha256 !== undefined && !/^[\da-f]{64}$/i.test(sha256)) {
    throw new InvalidArgumentError("sha256", `expected 64 hexadecimal digits, received ${showValue(sha256)}`);
  }
  const part = `${path}.part`;
  await attempt(`${dirname(path)} cannot be made`, () => mkdir(dirname(path), { recursive: true }));
  const have = await resumable(part, url);
  const response = await request(url, have, options.signal);
  const { from, total } = await placeOf(response, have, url);
  const validator = response.headers.get("etag") ?? response.headers.get("last-modified");
  const begun: Begun = { url, validator };
  await attempt(`${part} cannot be written`, () => writeFile(`${part}.json`, JSON.stringify(begun)));
  const bytes = from === total ? from : await receive(response, part, from, { url, total, ...options });
  if (total !== undefined && bytes !== total) {
    throw new DatasetError(
      `${url}: the connection ended after ${bytes} of ${total} bytes; call again to go on`,
    );
  }
  if (sha256 !== undefined) await checkSum(part, url, sha256);
  await attempt(`${path} cannot be written`, () => rename(part, path));
  await rm(`${part}.json`, { force: true });
}

async function resumable(
  part: string,
  url: string,
): Promise<{ size: number; validator: string } | undefined> {
  try {
    const begun = JSON.parse(await readFile(`${part}.json`, "utf8")) as Begun;
    const { size } = await stat(part);
    if (begun.url === url && begun.validator && size > 0) return { size, validator: begun.validator };
  } catch {
    // nothing usable
  }
  return undefined;
}

async function request(
  url: string,
  have: { size: number; validator: string } | undefined,
  signal: AbortSignal | undefined,
): Promise<Response> {
  // With content encoding, the length that the server sends would be another one.
  const identity = { "Accept-Encoding": "identity" };
  const range = have && { Range: `bytes=${have.size}-`, "If-Range": have.validator };
  try {
    return await fetch(url, { headers: { ...identity, ...range }, signal });
  } catch (cause) {
    throw new DatasetError(
      `${url} cannot be reached: ${(cause as Error).message}. Give another url, or record a data set instead`,
      { cause },
    );
  }
}

async function placeOf(
  response: Response,
  have: { size: number } | undefined,
  url: string,
): Promise<{ from: number; total: number | undefined }> {
  const range = /bytes (?:(\d+)-\d+|\*)\/(\d+)/.exec(response.headers.get("content-range") ?? "");
  const complete = have && response.status === 416 && Number(range?.[2]) === have.size;
  if (complete) return { from: have.size, total: have.size };
  if (have && response.status === 206 && Number(range?.[1]) === have.size) {
    return { from: have.size, total: Number(range?.[2]) };
  }
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel();
    throw new DatasetError(`${url}: the server answered ${response.status} ${response.statusText}`);
  }
  const length = response.headers.get("content-length");
  // A server that compresses nevertheless sends the compressed length.
  const plain = ["identity", null].includes(response.headers.get("content-encoding"));
  return { from: 0, total: length === null || !plain ? undefined : Number(length) };
}

async function receive(
  response: Response,
  part: string,
  from: number,
  { url, total, onProgress }: DownloadOptions & { url: string; total: number | undefined },
): Promise<number> {
  const reader = response.body!.getReader();
  const handle = await attempt(`${part} cannot be written`, () => open(part, from > 0 ? "a" : "w"));
  let bytes = from;
  try {
    for (;;) {
      const chunk = await reader.read().catch((cause: Error) => {
        const message = `${url}: the connection broke after ${bytes} bytes: ${cause.message}; call again to go on`;
        throw new DatasetError(message, { cause });
      });
      if (chunk.done) return bytes;
      await attempt(`${part} cannot be written`, () => handle.writeFile(chunk.value));
      bytes += chunk.value.length;
      onProgress?.(bytes, total);
    }
  } finally {
    await reader.cancel().catch(() => {});
    await handle.close().catch(() => {});
  }
}

/**
 * Removes a file whose SHA-256 is not the expected one.
 *
 * @param url source of the file, for the message
 * @throws DatasetError when it was removed
 */
export async function checkSum(path: string, url: string, expected: string): Promise<void> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  const found = hash.digest("hex");
  if (found === expected.toLowerCase()) return;
  await rm(path, { force: true }); // there is nothing to continue from
  throw new DatasetError(
    `${url}: SHA-256 is ${found}, expected ${expected}; the file was removed. Call again to download it once more, ` +
      "or correct sha256 when the file has changed there",
  );
}
