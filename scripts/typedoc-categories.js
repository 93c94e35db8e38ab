// Plugin of typedoc: the API index by folders of src/, guides under their headings.

import { Application, CommentTag, Converter, ReflectionKind } from "typedoc";

// In the order of the index; other folders follow under their own names.
const titles = {
  trainers: "Training",
  models: "Models",
  layers: "Layers and cells",
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
  logging: "Logging",
  rendering: "Rendering",
  images: "Images",
  backends: "Backends",
  ops: "Operations",
  core: "Errors, randomness, schedules",
};
const home = { cells: "layers", node: "" };

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
  const folder = /^src\/([^/]+)\//.exec(path)?.[1] ?? "";
  const owner = home[folder] ?? folder;
  if (!owner) return;
  const title = titles[owner] ?? owner[0].toUpperCase() + owner.slice(1);
  for (const { comment } of [reflection, ...(reflection.signatures ?? [])]) {
    comment?.blockTags.push(new CommentTag("@category", [{ kind: "text", text: title }]));
  }
}
