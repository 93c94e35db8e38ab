/** Whether the machine may have a GPU. */

import { existsSync } from "node:fs";

// Devices of Linux: Mesa's, NVIDIA's, and that of the Windows Subsystem for Linux.
const devices = ["/dev/dri", "/dev/nvidiactl", "/dev/dxg"];
// Environment variables by which users name Vulkan drivers.
const named = ["VK_ICD_FILENAMES", "VK_DRIVER_FILES"];

/** Whether there is a GPU device; true if that cannot be determined. Dawn prints warnings if there is none. */
export function hasGpu(
  platform: string = process.platform,
  exists: (path: string) => boolean = existsSync,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  return platform !== "linux" || named.some((name) => env[name]) || devices.some((device) => exists(device));
}
