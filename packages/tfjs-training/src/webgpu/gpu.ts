/** The used parts of the WebGPU types; the platform's own types need not be installed. */

/** Type of `navigator.gpu`. */
export interface Gpu {
  /** Returns the best adapter, or null if there is none. */
  requestAdapter(options?: {
    powerPreference?: "low-power" | "high-performance";
  }): Promise<GpuAdapter | null>;
}

/** An adapter's description of itself; browsers leave parts empty. */
export interface GpuAdapterInfo {
  /** Vendor, e.g. `"nvidia"`. */
  readonly vendor?: string;
  /** Architecture, e.g. `"hopper"`. */
  readonly architecture?: string;
  /** The vendor's name of the device. */
  readonly device?: string;
  /** Human-readable description. */
  readonly description?: string;
  /** Whether it computes in software. */
  readonly isFallbackAdapter?: boolean;
}

/** A GPU, or a program that acts as one. */
export interface GpuAdapter {
  /** Description of the adapter. */
  readonly info?: GpuAdapterInfo;
  /** Whether it computes in software; older browsers say it here. */
  readonly isFallbackAdapter?: boolean;
  /** Maximum limits of a device. */
  readonly limits: Readonly<Record<string, number>>;
  /** Features that a device can have. */
  readonly features: ReadonlySet<string>;
  /** Opens a device. */
  requestDevice(descriptor: {
    requiredFeatures: string[];
    requiredLimits: Record<string, number>;
  }): Promise<GpuDevice>;
}

/** An opened adapter. */
export interface GpuDevice {
  /** Limits of the device. */
  readonly limits: Readonly<Record<string, number>>;
  /** Resolves when the device is lost. */
  readonly lost: Promise<{ reason?: string; message: string }>;
  /** Adds a listener for uncaptured errors. */
  addEventListener(type: "uncapturederror", listener: (event: { error: { message: string } }) => void): void;
}

const software = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i;

/** Whether an adapter computes on the CPU. */
export function isSoftware({ info = {}, isFallbackAdapter }: GpuAdapter): boolean {
  return Boolean(isFallbackAdapter || info.isFallbackAdapter) || software.test(describeAdapter(info));
}

/** Human-readable name of an adapter. */
export function describeAdapter({ vendor, architecture, device, description }: GpuAdapterInfo = {}): string {
  const name = [description || device, [vendor, architecture].filter(Boolean).join(" ")].filter(Boolean);
  return name.length > 1 ? `${name[0]} (${name[1]})` : (name[0] ?? "a GPU without a name");
}
