// Plugin of typedoc: the API index by folders of src/, guides under their headings.

import { Application, Comment, CommentTag, Converter, ReflectionKind } from "typedoc";

// In the order of the index; other folders follow under their own names.
const titles = {
  trainers: "Training",
  models: "Models",
  layers: "Layers and cells",
  steppers: "Single steps without tensors",
  wirings: "Wirings",
  losses: "Losses, estimators and distributions",
  optimizers: "Optimizers",
  envs: "Environments",
  vector: "Vector environments",
  wrappers: "Wrappers",
  spaces: "Spaces",
  memory: "Memory",
  datasets: "Datasets",
  bridges: "Bridges to PyTorch and Keras",
  checkpoints: "Checkpoints",
  runs: "Runs",
  logging: "Logging",
  rendering: "Rendering",
  images: "Images",
  backends: "Backends",
  recurrent: "Operations",
  core: "Errors, randomness, schedules",
};

// Folders that share the heading of another one, including those of `tfjs-training`.
const home = {
  cells: "layers",
  backend: "backends",
  accelerator: "backends",
  gradients: "backends",
  wasm: "backends",
  webgpu: "backends",
};

// `src/node/` mirrors the folders of `src/` in part; these files are in addition to its folders.
const nodeHome = {
  "accelerator.ts": "backends",
  "import-tensorflow.ts": "backends",
  "open-gpu.ts": "backends",
  "atari.ts": "envs",
  "atari-vector.ts": "vector",
  "checkpoint-files.ts": "checkpoints",
  "zip-checkpoints.ts": "checkpoints",
  dashboard: "rendering",
  "gif-writer.ts": "rendering",
  "interrupt.ts": "trainers",
  "progress-bar.ts": "trainers",
  "run-folder.ts": "runs",
};

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.on(Application.EVENT_BOOTSTRAP_END, () => {
    app.options.setValue("categoryOrder", [...Object.values(titles), "*"]);
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const document of project.documents ?? []) {
      const heading = /^# (.+)$/m.exec(document.content.map(({ text }) => text).join(""));
      if (heading) document.name = heading[1];
    }
    for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
      for (const child of module.children ?? []) categorize(project, child);
    }
  });
}

function categorize(project, reflection) {
  const path = project.getSymbolIdFromReflection(reflection)?.packagePath ?? "";
  const [, folder = "", inside = ""] = /^src\/([^/]+)\/(?:([^/]+))?/.exec(path) ?? [];
  const room = folder === "node" ? (nodeHome[inside] ?? inside) : folder;
  const owner = home[room] ?? room;
  if (!owner) return;
  const title = titles[owner] ?? owner[0].toUpperCase() + owner.slice(1);
  // A class that is exported under a second name has no separate comment.
  if (reflection.isReference()) reflection.comment ??= new Comment();
  for (const { comment } of [reflection, ...(reflection.signatures ?? [])]) {
    comment?.blockTags.push(new CommentTag("@category", [{ kind: "text", text: title }]));
  }
}
