/** Whether the machine may have a GPU. */

import { existsSync } from "node:fs";

// Devices of Linux: Mesa's, NVIDIA's, and that of the Windows Subsystem for Linux.
const devices = ["/dev/dri", "/dev/nvidiactl", "/dev/dxg"];

/** Whether a GPU's device is there; true where that cannot be told. Dawn prints warnings where there is none. */
export function hasGpu(platform: string = process.platform, exists = existsSync): boolean {
  return platform !== "linux" || devices.some((device) => exists(device));
}
