/**
 * Writes THIRD-PARTY-NOTICES.md: the licences of what the published files hold of other packages.
 *
 *     node scripts/build-notices.js
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundleForBrowsers } from "./build-browser-bundle.js";
import { bundlePage } from "./build-page.js";

const root = new URL("..", import.meta.url);
/** Where the notices are. */
export const noticesFile = new URL("THIRD-PARTY-NOTICES.md", root);

// Packages whose licence stands within another file, from the first text to the second.
const within = {
  seedrandom: ["README.md", "Copyright 2019 David Bau.", "SOFTWARE.\n"],
};

const apache = "The text of the Apache License 2.0 is in the file LICENSE.";

// Packages without a text of their licence.
const without = {
  "@tensorflow/tfjs-layers": `${apache}
Copyright 2018 Google LLC. Parts of it, after Keras, are under the MIT License:

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`,
};

// What no bundler tells of.
const compiledIn = {
  assemblyscript: "its standard library, compiled into the WebAssembly kernels",
  "@tensorflow/tfjs-backend-wasm": "its WebAssembly file, which contains XNNPACK",
};

/** The text of the notices. */
export async function notices() {
  const bundles = {
    "in `dist/ncps-ts.browser.js`": await bundleForBrowsers(),
    "in the dashboard's page, which is in `dist/node`": await bundlePage(),
  };
  const places = new Map(Object.entries(compiledIn).map(([name, what]) => [name, [what]]));
  for (const [where, { metafile }] of Object.entries(bundles)) {
    for (const name of packagesIn(metafile)) places.set(name, [...(places.get(name) ?? []), where]);
  }
  const sections = [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(section);
  return `# Third-party notices

The files of this package hold code of the packages below; LICENSE is its own licence. Written by
\`scripts/build-notices.js\` from what the bundles contain.

${sections.join("\n")}`;
}

/** Names of the packages of which a bundle holds something. */
function packagesIn({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const names = inputs.map((path) => /(?:^|.*\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return new Set(names.filter((name) => name !== undefined));
}

function section([name, where]) {
  const folder = new URL(`node_modules/${name}/`, root);
  const read = (file) => readFileSync(new URL(file, folder), "utf8").replaceAll("\r\n", "\n");
  const { version, license } = JSON.parse(read("package.json"));
  const file = readdirSync(fileURLToPath(folder)).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
  let text = file ? read(file) : (without[name] ?? "");
  if (within[name]) {
    const [place, first, last] = within[name];
    const whole = read(place);
    const from = whole.indexOf(first);
    text = whole.slice(from, whole.indexOf(last, from) + last.length);
  } else if (/^\s*Apache License\s+Version 2.0/.test(text) || (!text && license === "Apache-2.0")) {
    text = apache;
  }
  if (!text)
    throw new Error(`${name} has no text of its licence: name its place in scripts/build-notices.js`);
  const notice = existsSync(new URL("NOTICE", folder)) ? `\n${fence(read("NOTICE"))}` : "";
  return `## ${name} ${version} (${license})\n\n${where.join("; ")}\n\n${fence(text)}${notice}`;
}

function fence(text) {
  const lines = text.trim().split("\n");
  return `\`\`\`text\n${lines.map((line) => line.trimEnd()).join("\n")}\n\`\`\`\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(noticesFile, await notices());
