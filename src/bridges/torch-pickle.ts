/** Files of PyTorch that are not read, told apart so that the message can say what to do. */

/** What is wrong with a file that `torch.save` wrote. */
export const TORCH_PICKLE =
  "this is a file of torch.save: a pickle, which can run code of its own when it is read, so it is not read here. " +
  "Save the weights with safetensors.torch.save_file(model.state_dict(), path) or numpy.savez instead";

/** Whether a file of a zip archive shows that `torch.save` wrote the archive. */
export function isTorchPickle(name: string): boolean {
  return /(^|\/)data\.pkl$/.test(name);
}

/** Whether bytes begin as a pickle does, the form of `torch.save` before PyTorch 1.6: protocol 2 to 5. */
export function startsAsPickle(bytes: Uint8Array): boolean {
  if (bytes.length < 3 || bytes[0] !== 0x80 || bytes[1] < 2 || bytes[1] > 5) return false;
  // A safetensors file may begin with such a length; then its header follows.
  return bytes[8] !== 0x7b;
}
