/** Recognises PyTorch files that are not supported, so that the message can say what to do. */

/** Error text for a file that `torch.save` wrote. */
export const TORCH_PICKLE =
  "this is a file of torch.save: a pickle, which can run code when it is read, so it is not read here. " +
  "Save the weights with safetensors.torch.save_file(model.state_dict(), path) or numpy.savez instead";

/** Whether the name of a file in a zip archive shows that `torch.save` wrote the archive. */
export function isTorchPickle(name: string): boolean {
  return /(^|\/)data\.pkl$/.test(name);
}

/** Whether bytes start like a pickle, the format of `torch.save` before PyTorch 1.6: protocol 2 to 5. */
export function startsAsPickle(bytes: Uint8Array): boolean {
  if (bytes.length < 3 || bytes[0] !== 0x80 || bytes[1] < 2 || bytes[1] > 5) return false;
  // A safetensors file may start with such a length; then its header follows.
  return bytes[8] !== 0x7b;
}
