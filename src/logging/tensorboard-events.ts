/** TensorBoard's event files: records of protocol buffers with two checksums each. */

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { crc32c } from "../core/crc32.js";
import type { LogRow } from "./logger.js";

/** One event of tensorflow/core/util/event.proto. */
export interface TensorBoardEvent {
  /** Seconds since 1970. */
  wallTime: number;
  /** Step of the run, default 0. */
  step?: number;
  /** Version of the file's records, in its first event. */
  fileVersion?: string;
  /** Scalars by tag. */
  scalars?: LogRow;
  /** Whether a session starts here: TensorBoard discards this and later steps of earlier files. */
  sessionStart?: boolean;
}

/** Version in the first event of every file. */
export const eventFileVersion = "brain.Event:2";

/** One event as a record: length, checksum, message, checksum. */
export function encodeEventRecord(event: TensorBoardEvent): Uint8Array {
  const message = encodeEvent(event);
  const record = new Uint8Array(message.length + 16);
  const view = new DataView(record.buffer);
  view.setUint32(0, message.length, true); // of 64 bits; no message has 4 GiB
  view.setUint32(8, maskedChecksum(record.subarray(0, 8)), true);
  record.set(message, 12);
  view.setUint32(12 + message.length, maskedChecksum(message), true);
  return record;
}

function encodeEvent({
  wallTime,
  step = 0,
  fileVersion,
  scalars,
  sessionStart,
}: TensorBoardEvent): Uint8Array {
  const event = new BinaryWriter()
    .tag(1, WireType.Bit64)
    .double(wallTime)
    .tag(2, WireType.Varint)
    .int64(step);
  if (fileVersion !== undefined) event.tag(3, WireType.LengthDelimited).string(fileVersion);
  if (scalars) {
    event.tag(5, WireType.LengthDelimited).fork();
    for (const [tag, value] of Object.entries(scalars)) {
      event.tag(1, WireType.LengthDelimited).fork();
      event.tag(1, WireType.LengthDelimited).string(tag).tag(2, WireType.Bit32).float(Math.fround(value));
      event.join();
    }
    event.join();
  }
  if (sessionStart) {
    event.tag(7, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int32(1).join();
  }
  return event.finish();
}

// TFRecord's mask: otherwise checksums of data that contain checksums would be weak.
function maskedChecksum(bytes: Uint8Array): number {
  const checksum = crc32c(bytes);
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}
