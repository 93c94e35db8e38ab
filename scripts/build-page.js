/**
 * Bundles the dashboard's page into `src/node/dashboard/page-html.ts`: one text without any external address.
 *
 *     node scripts/build-page.js
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = new URL("../src/node/dashboard/", import.meta.url);
const target = new URL("page-html.ts", folder);

/** Bundles the page's script and writes nothing. */
export function bundlePage() {
  return build({
    entryPoints: [fileURLToPath(new URL("page/main.ts", folder))],
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
    metafile: true,
  });
}

/** Writes the page when it has changed; returns whether it did. */
export async function buildPage() {
  const { outputFiles } = await bundlePage();
  const styles = readFileSync(new URL("../node_modules/uplot/dist/uPlot.min.css", import.meta.url), "utf8");
  const script = outputFiles[0].text.replaceAll("</script", "<\\/script");
  const html = readFileSync(new URL("page/index.html", folder), "utf8")
    .replace("/* styles */", () => styles)
    .replace("/* script */", () => script);
  const text = `/** The dashboard's page, written by scripts/build-page.js. */\nexport const pageHtml = ${JSON.stringify(html)};\n`;
  if (existsSync(target) && readFileSync(target, "utf8") === text) return false;
  writeFileSync(target, text);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();
