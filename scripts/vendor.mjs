// Copies the front-end files the portal serves itself from node_modules to static/vendor, each with its licence:
//   npm install && npm run vendor
// Comments that name a source map are taken out: the map is not copied, and manifest storage refuses a missing file.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const packages = {
  bootstrap: { files: { "dist/css/bootstrap.min.css": "bootstrap.min.css" }, licence: "LICENSE" },
};

for (const [name, { files, licence }] of Object.entries(packages)) {
  const from = join(root, "node_modules", name);
  const to = join(root, "static", "vendor", name);
  mkdirSync(to, { recursive: true });
  for (const [source, target] of Object.entries(files)) {
    const text = readFileSync(join(from, source), "utf8");
    writeFileSync(join(to, target), text.replace(/\/[*/]# sourceMappingURL=[^\n]*?(\*\/)?\s*$/gm, ""));
  }
  copyFileSync(join(from, licence), join(to, "LICENSE"));
  const { version } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  console.log(`${name} ${version} -> static/vendor/${name}`);
}
