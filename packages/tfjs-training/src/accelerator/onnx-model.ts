/** Encodes ONNX models as bytes: fields and numbers are those of onnx.proto (ir version 8, operators of version 17). */

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** An attribute of a node: an integer, integers, a float or a graph. */
export type OnnxAttribute =
  | { int: number }
  | { ints: readonly number[] }
  | { float: number }
  | { graph: OnnxGraph };

/** One operation. */
export interface OnnxNode {
  /** Name of the operator, e.g. `"Gemm"`. */
  operator: string;
  /** Names of the inputs. */
  inputs: readonly string[];
  /** Names of the outputs. */
  outputs: readonly string[];
  /** Attributes, default none. */
  attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** Domain of the operator, default ONNX's own. */
  domain?: string;
}

/** An array of floats that is an input or output of a graph. */
export interface OnnxArray {
  /** Name of the array. */
  name: string;
  /** Number of axes; their lengths are left open, so that one model serves all sizes. */
  rank: number;
}

/** Operations in the order in which they run. */
export interface OnnxGraph {
  nodes: readonly OnnxNode[];
  inputs: readonly OnnxArray[];
  outputs: readonly OnnxArray[];
  /** Constants by name. */
  constants?: Readonly<Record<string, number>>;
  /** Name of an output that is an empty sequence and comes first, if there is one. */
  emptySequence?: string;
}

const floatType = 1;
const { Bit32, LengthDelimited, Varint } = WireType;

/** Encodes a model. `domains` are the operator domains in addition to ONNX's own, in version 1. */
export function encodeModel(graph: OnnxGraph, domains: readonly string[] = []): Uint8Array {
  const model = new BinaryWriter().tag(1, Varint).int64(8);
  writeGraph(model, 7, graph);
  writeOperators(model, "", 17);
  for (const domain of domains) writeOperators(model, domain, 1);
  return model.finish();
}

function writeOperators(writer: BinaryWriter, domain: string, version: number): void {
  writer.tag(8, LengthDelimited).fork();
  writer.tag(1, LengthDelimited).string(domain).tag(2, Varint).int64(version).join();
}

function writeGraph(writer: BinaryWriter, field: number, graph: OnnxGraph): void {
  const { nodes, inputs, outputs, constants = {}, emptySequence } = graph;
  writer.tag(field, LengthDelimited).fork();
  if (emptySequence) writeNode(writer, { operator: "SequenceEmpty", inputs: [], outputs: [emptySequence] });
  for (const node of nodes) writeNode(writer, node);
  writer.tag(2, LengthDelimited).string("graph");
  for (const [name, value] of Object.entries(constants)) writeConstant(writer, name, value);
  for (const input of inputs) writeArray(writer, 11, input);
  if (emptySequence) writeSequence(writer, emptySequence);
  for (const output of outputs) writeArray(writer, 12, output);
  writer.join();
}

function writeNode(writer: BinaryWriter, { operator, inputs, outputs, attributes, domain }: OnnxNode): void {
  writer.tag(1, LengthDelimited).fork();
  for (const name of inputs) writer.tag(1, LengthDelimited).string(name);
  for (const name of outputs) writer.tag(2, LengthDelimited).string(name);
  writer.tag(4, LengthDelimited).string(operator);
  for (const [name, attribute] of Object.entries(attributes ?? {})) {
    writer.tag(5, LengthDelimited).fork().tag(1, LengthDelimited).string(name);
    writeAttribute(writer, attribute);
    writer.join();
  }
  if (domain) writer.tag(7, LengthDelimited).string(domain);
  writer.join();
}

function writeAttribute(writer: BinaryWriter, attribute: OnnxAttribute): void {
  const kind = (number: number) => writer.tag(20, Varint).int32(number);
  if ("float" in attribute) {
    writer.tag(2, Bit32).float(attribute.float);
    kind(1);
  } else if ("int" in attribute) {
    writer.tag(3, Varint).int64(attribute.int);
    kind(2);
  } else if ("graph" in attribute) {
    writeGraph(writer, 6, attribute.graph);
    kind(5);
  } else {
    for (const value of attribute.ints) writer.tag(8, Varint).int64(value);
    kind(7);
  }
}

function writeConstant(writer: BinaryWriter, name: string, value: number): void {
  writer.tag(5, LengthDelimited).fork().tag(2, Varint).int32(floatType);
  writer.tag(4, LengthDelimited).fork().float(value).join();
  writer.tag(8, LengthDelimited).string(name).join();
}

function writeArray(writer: BinaryWriter, field: number, { name, rank }: OnnxArray): void {
  writer.tag(field, LengthDelimited).fork().tag(1, LengthDelimited).string(name);
  writer.tag(2, LengthDelimited).fork().tag(1, LengthDelimited).fork().tag(1, Varint).int32(floatType);
  writer.tag(2, LengthDelimited).fork();
  for (let axis = 0; axis < rank; axis++) {
    writer.tag(1, LengthDelimited).fork().tag(2, LengthDelimited).string(`${name} ${axis}`).join();
  }
  writer.join().join().join().join();
}

// A sequence of arrays of floats.
function writeSequence(writer: BinaryWriter, name: string): void {
  writer.tag(12, LengthDelimited).fork().tag(1, LengthDelimited).string(name);
  writer.tag(2, LengthDelimited).fork().tag(4, LengthDelimited).fork();
  writer.tag(1, LengthDelimited).fork().tag(1, LengthDelimited).fork().tag(1, Varint).int32(floatType);
  writer.join().join().join().join().join();
}
