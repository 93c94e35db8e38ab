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
  /** Whether an empty sequence is an output, too; see {@link productNames}. */
  nothing: boolean;
}

/**
 * Names of a model's inputs and outputs. `nothing` is an empty sequence, the first output of models that have it: a
 * runtime that cannot hand sequences over gives up when it has computed everything and copied nothing.
 */
export const productNames = { a: "a", b: "b", addend: "c", product: "y", nothing: "nothing" } as const;

const floatType = 1;
const integerAttribute = 2;
const { LengthDelimited, Varint } = WireType;

/**
 * Bytes of a model with one node, `Gemm`, over matrices of any size: fields and numbers are those of
 * ONNX's onnx.proto (ir version 8, operators of version 17).
 */
export function encodeProductModel({
  transposeA,
  transposeB,
  accumulate,
  nothing,
}: ProductModel): Uint8Array {
  const { a, b, addend } = productNames;
  const flags = { transA: transposeA, transB: transposeB };
  return encodeModel({
    operator: "Gemm",
    inputs: accumulate ? [a, b, addend] : [a, b],
    axes: ["rows", "columns"],
    flags,
    nothing,
  });
}

/** Bytes of a model of many products of one size, `FusedMatMul` of onnxruntime's own operators. */
export function encodeBatchModel({
  transposeA,
  transposeB,
  nothing,
}: Omit<ProductModel, "accumulate">): Uint8Array {
  const { a, b } = productNames;
  return encodeModel({
    operator: "FusedMatMul",
    inputs: [a, b],
    axes: ["count", "rows", "columns"],
    flags: { transA: transposeA, transB: transposeB },
    nothing,
    domain: "com.microsoft",
  });
}

interface ModelParts {
  operator: string;
  inputs: readonly string[];
  axes: readonly string[];
  flags: Record<string, boolean>;
  nothing: boolean;
  domain?: string;
}

function encodeModel({ operator, inputs, axes, flags, nothing, domain }: ModelParts): Uint8Array {
  const { product } = productNames;
  const model = new BinaryWriter().tag(1, Varint).int64(8);
  model.tag(7, LengthDelimited).fork(); // graph
  if (nothing) writeSequenceNode(model);
  model.tag(1, LengthDelimited).fork(); // node
  for (const name of inputs) model.tag(1, LengthDelimited).string(name);
  model.tag(2, LengthDelimited).string(product).tag(4, LengthDelimited).string(operator);
  for (const [name, on] of Object.entries(flags)) writeFlag(model, name, on);
  if (domain) model.tag(7, LengthDelimited).string(domain);
  model.join();
  model.tag(2, LengthDelimited).string("product");
  for (const name of inputs) writeArray(model, 11, name, axes);
  if (nothing) writeSequence(model);
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

function writeSequenceNode(writer: BinaryWriter): void {
  writer.tag(1, LengthDelimited).fork().tag(2, LengthDelimited).string(productNames.nothing);
  writer.tag(4, LengthDelimited).string("SequenceEmpty").join();
}

// A sequence of arrays of floats.
function writeSequence(writer: BinaryWriter): void {
  writer.tag(12, LengthDelimited).fork().tag(1, LengthDelimited).string(productNames.nothing);
  writer.tag(2, LengthDelimited).fork().tag(4, LengthDelimited).fork();
  writer.tag(1, LengthDelimited).fork().tag(1, LengthDelimited).fork().tag(1, Varint).int32(floatType);
  writer.join().join().join().join().join();
}
