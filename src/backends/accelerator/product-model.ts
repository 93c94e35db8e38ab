/** A matrix product as an ONNX model, for runtimes that know no other way to be asked for one. */

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Which product a model computes. */
export interface ProductModel {
  /** Whether the left factor lies transposed. */
  transposeA: boolean;
  /** Whether the right factor lies transposed. */
  transposeB: boolean;
  /** Whether the product is added to a third input. */
  accumulate: boolean;
}

/** Names of a model's inputs and output. */
export const productNames = { a: "a", b: "b", addend: "c", product: "y" } as const;

const floatType = 1;
const integerAttribute = 2;
const { LengthDelimited, Varint } = WireType;

/**
 * Bytes of a model with one node, `Gemm`, over matrices of any size: fields and numbers are those of
 * ONNX's onnx.proto (ir version 8, operators of version 17).
 */
export function encodeProductModel({ transposeA, transposeB, accumulate }: ProductModel): Uint8Array {
  const { a, b, addend } = productNames;
  const inputs = accumulate ? [a, b, addend] : [a, b];
  return encodeModel("Gemm", inputs, ["rows", "columns"], { transA: transposeA, transB: transposeB });
}

/** Bytes of a model of many products of one size, `FusedMatMul` of onnxruntime's own operators. */
export function encodeBatchModel({ transposeA, transposeB }: Omit<ProductModel, "accumulate">): Uint8Array {
  const { a, b } = productNames;
  const flags = { transA: transposeA, transB: transposeB };
  return encodeModel("FusedMatMul", [a, b], ["count", "rows", "columns"], flags, "com.microsoft");
}

function encodeModel(
  operator: string,
  inputs: readonly string[],
  axes: readonly string[],
  flags: Record<string, boolean>,
  domain?: string,
): Uint8Array {
  const { product } = productNames;
  const model = new BinaryWriter().tag(1, Varint).int64(8);
  model.tag(7, LengthDelimited).fork(); // graph
  model.tag(1, LengthDelimited).fork(); // node
  for (const name of inputs) model.tag(1, LengthDelimited).string(name);
  model.tag(2, LengthDelimited).string(product).tag(4, LengthDelimited).string(operator);
  for (const [name, on] of Object.entries(flags)) writeFlag(model, name, on);
  if (domain) model.tag(7, LengthDelimited).string(domain);
  model.join();
  model.tag(2, LengthDelimited).string("product");
  for (const name of inputs) writeArray(model, 11, name, axes);
  writeArray(model, 12, product, axes);
  model.join();
  writeOperators(model, "", 17);
  if (domain) writeOperators(model, domain, 1);
  return model.finish();
}

function writeOperators(writer: BinaryWriter, domain: string, version: number): void {
  writer
    .tag(8, LengthDelimited)
    .fork()
    .tag(1, LengthDelimited)
    .string(domain)
    .tag(2, Varint)
    .int64(version)
    .join();
}

function writeFlag(writer: BinaryWriter, name: string, on: boolean): void {
  writer.tag(5, LengthDelimited).fork().tag(1, LengthDelimited).string(name);
  writer.tag(3, Varint).int64(Number(on)).tag(20, Varint).int32(integerAttribute).join();
}

// An array of floats with named sizes, so that one model serves all of them.
function writeArray(writer: BinaryWriter, field: number, name: string, axes: readonly string[]): void {
  writer.tag(field, LengthDelimited).fork().tag(1, LengthDelimited).string(name);
  writer.tag(2, LengthDelimited).fork().tag(1, LengthDelimited).fork().tag(1, Varint).int32(floatType);
  writer.tag(2, LengthDelimited).fork();
  for (const axis of axes) {
    writer.tag(1, LengthDelimited).fork().tag(2, LengthDelimited).string(`${name} ${axis}`).join();
  }
  writer.join().join().join().join();
}
