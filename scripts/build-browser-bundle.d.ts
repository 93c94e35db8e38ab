import type { BuildResult } from "esbuild";

/** Bundles the library for pages without a bundler; writes nothing. */
export function bundleForBrowsers(): Promise<BuildResult<{ write: false; metafile: true }>>;
