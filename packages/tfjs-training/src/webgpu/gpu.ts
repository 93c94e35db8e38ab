/** WebGPU as far as it is used here; the platform's own types need not be installed. */

/** `navigator.gpu`. */
export interface Gpu {
  /** The adapter that fits best, or null where there is none. */
  requestAdapter(options?: {
    powerPreference?: "low-power" | "high-performance";
  }): Promise<GpuAdapter | null>;
}

/** What an adapter tells of itself; browsers leave parts empty. */
export interface GpuAdapterInfo {
  /** E.g. `"nvidia"`. */
  readonly vendor?: string;
  /** E.g. `"hopper"`. */
  readonly architecture?: string;
  /** The vendor's name of the device. */
  readonly device?: string;
  /** For people. */
  readonly description?: string;
  /** Whether it computes in software. */
  readonly isFallbackAdapter?: boolean;
}

/** A GPU, or a program that acts as one. */
export interface GpuAdapter {
  /** Who it is. */
  readonly info?: GpuAdapterInfo;
  /** Whether it computes in software; older browsers say it here. */
  readonly isFallbackAdapter?: boolean;
  /** What a device may ask for at most. */
  readonly limits: Readonly<Record<string, number>>;
  /** What a device may ask for. */
  readonly features: ReadonlySet<string>;
  /** Opens it. */
  requestDevice(descriptor: {
    requiredFeatures: string[];
    requiredLimits: Record<string, number>;
  }): Promise<GpuDevice>;
}

/** An opened adapter. */
export interface GpuDevice {
  /** What was asked for. */
  readonly limits: Readonly<Record<string, number>>;
  /** Settles when the device is gone. */
  readonly lost: Promise<{ reason?: string; message: string }>;
  /** Hears of errors that nobody asked for. */
  addEventListener(type: "uncapturederror", listener: (event: { error: { message: string } }) => void): void;
}

const software = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i;

/** Whether an adapter computes on the CPU. */
export function isSoftware({ info = {}, isFallbackAdapter }: GpuAdapter): boolean {
  return Boolean(isFallbackAdapter || info.isFallbackAdapter) || software.test(describeAdapter(info));
}

/** Name of an adapter in words. */
export function describeAdapter({ vendor, architecture, device, description }: GpuAdapterInfo = {}): string {
  const name = [description || device, [vendor, architecture].filter(Boolean).join(" ")].filter(Boolean);
  return name.length > 1 ? `${name[0]} (${name[1]})` : (name[0] ?? "a GPU without a name");
}
