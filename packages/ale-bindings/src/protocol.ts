/** Messages between this process and the Python one; python/server.py describes them. */

import { DOCTOR_COMMAND, INSTALL_COMMAND } from "../lib/python-home.js";
import { AleError, type AleErrorCode } from "./errors.js";

/** Kinds of requests. */
export const Operation = { call: 0, step: 1, act: 2, batch: 3, repeat: 4 } as const;

/** Size of the reply to a step in bytes, without the observation. */
export const STEP_RECORD = 48;

/** Size of the reply to a batch in bytes, without its record and frames. */
export const BATCH_REPLY = 8;

/** Buffer size for every reply without arrays. */
export const SMALL_REPLY = 4096;

const ERROR_REPLY = 3;

/** Encodes a call of a method of the Python side. */
export function callRequest(name: string, args: readonly unknown[], raw?: Uint8Array): Uint8Array {
  const json = Buffer.from(JSON.stringify([name, args]));
  const request = Buffer.allocUnsafe(12 + json.length + (raw?.length ?? 0));
  request.writeUInt32LE(request.length - 4, 0);
  request.writeUInt32LE(Operation.call, 4);
  request.writeUInt32LE(json.length, 8);
  request.set(json, 12);
  if (raw) request.set(raw, 12 + json.length);
  return request;
}

/** Decodes plain value and bytes of a reply to a call. */
export function readValue<T>(reply: Uint8Array): { value: T; raw: Uint8Array } {
  const size = uint32(reply, 8);
  const value = JSON.parse(Buffer.from(reply.buffer, reply.byteOffset + 12, size).toString()) as T;
  return { value, raw: reply.subarray(12 + size) };
}

/** Returns the error that a reply contains, if any. */
export function errorIn(reply: Uint8Array): AleError | undefined {
  if (reply[4] !== ERROR_REPLY) return undefined;
  const { code, message, argument } = JSON.parse(Buffer.from(reply.subarray(8)).toString()) as {
    code: AleErrorCode;
    message: string;
    argument: string | null;
  };
  const remedy =
    code === "PACKAGE_MISSING" || code === "ROM_MISSING"
      ? `. Run \`${INSTALL_COMMAND}\`, or check with \`${DOCTOR_COMMAND}\``
      : "";
  return new AleError(code, `${argument ? `${argument}: ` : ""}${message}${remedy}`, {
    argument: argument ?? undefined,
  });
}

/** Reads a little-endian number. */
export function uint32(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset] | (bytes[offset + 1] << 8) | (bytes[offset + 2] << 16) | (bytes[offset + 3] << 24)) >>> 0
  );
}
