/** Encoding of infos as numbers: a schema that is sent once, and values in shared memory. */

import type { Info } from "../../envs/env.js";
import { INFO_BY_MESSAGE, INFO_NUMBERS } from "./shared-memory.js";

/** One field: its name, and the kind of its value or the fields of a record. */
export type InfoField = [name: string, kind: "number" | "boolean" | "null" | InfoField[]];

/** The fields of an info, in order. */
export type InfoSchema = InfoField[];

const DEPTH = 3;

/** Encodes infos; remembers the schemas that were announced. */
export class InfoWriter {
  private readonly known = new Map<string, number>();
  private count = 0;
  private signature = "";

  /** @param announce called with every new schema before its first use; its index is the number of earlier schemas */
  constructor(private readonly announce: (schema: InfoSchema) => void) {}

  /**
   * Writes an info.
   *
   * @param values where to write its numbers · @param offset index of the first one
   * @returns the index of its schema, or {@link INFO_BY_MESSAGE} when it contains other values than numbers, booleans,
   *   nulls and records
   */
  write(info: Info, values: Float64Array, offset: number): number {
    this.count = 0;
    this.signature = "";
    if (!this.put(info, values, offset, 0)) return INFO_BY_MESSAGE;
    let number = this.known.get(this.signature);
    if (number === undefined) {
      number = this.known.size;
      this.known.set(this.signature, number);
      this.announce(schemaOf(info));
    }
    return number;
  }

  private put(record: Record<string, unknown>, values: Float64Array, offset: number, depth: number): boolean {
    for (const name of Object.keys(record)) {
      const value = record[name];
      this.signature += `${name}\0`;
      if (value === null) {
        this.signature += "z";
        continue;
      }
      if (typeof value === "object") {
        if (Object.getPrototypeOf(value) !== Object.prototype || depth === DEPTH) return false;
        this.signature += "{";
        if (!this.put(value as Record<string, unknown>, values, offset, depth + 1)) return false;
        this.signature += "}";
        continue;
      }
      if ((typeof value !== "number" && typeof value !== "boolean") || this.count === INFO_NUMBERS)
        return false;
      this.signature += typeof value === "number" ? "n" : "b";
      values[offset + this.count++] = Number(value);
    }
    return true;
  }
}

/** Decodes an info from the values that {@link InfoWriter.write} wrote. */
export function readInfo(schema: InfoSchema, values: Float64Array, offset: number): Info {
  let at = offset;
  const read = (fields: InfoSchema): Info => {
    const record: Info = {};
    for (const [name, kind] of fields) {
      if (kind === "number") record[name] = values[at++];
      else if (kind === "boolean") record[name] = values[at++] === 1;
      else record[name] = kind === "null" ? null : read(kind);
    }
    return record;
  };
  return read(schema);
}

function schemaOf(record: object): InfoSchema {
  return Object.entries(record).map(([name, value]): InfoField => {
    if (value === null) return [name, "null"];
    if (typeof value === "object") return [name, schemaOf(value)];
    return [name, typeof value === "boolean" ? "boolean" : "number"];
  });
}
