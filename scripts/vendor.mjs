// Makes the front-end files the portal serves itself, each with its licence, under static/vendor:
//   make vendor
// Everything is made for Chrome 63. Comments that name a source map are taken out: the map is not copied, and manifest
// storage refuses a missing file.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync, transformSync } from "esbuild";

const TARGET = "chrome63";
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const source = (name, ...path) => join(root, "node_modules", name, ...path);
const read = (...path) => readFileSync(source(...path), "utf8");

function bundle(entry, options = {}) {
  const { outputFiles } = buildSync({
    entryPoints: [join(here, "vendor", entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: TARGET,
    legalComments: "none",
    charset: "utf8",
    define: { "process.env.NODE_ENV": '"production"' },
    ...options,
  });
  return outputFiles[0].text;
}

// One file with the icons of vendor/icons.txt, each a <symbol> that {% icon %} points at.
function sprite() {
  const names = readFileSync(join(here, "vendor", "icons.txt"), "utf8").split(/\s+/).filter(Boolean);
  const symbols = names.map((name) => {
    const [, box, paths] = read("bootstrap-icons", "icons", `${name}.svg`).match(/viewBox="([^"]+)"[^>]*>([^]*)<\/svg>/);
    return `<symbol id="${name}" viewBox="${box}">${paths.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" fill="currentColor">\n${symbols.join("\n")}\n</svg>\n`;
}

const packages = {
  bootstrap: {
    "bootstrap.min.css": () =>
      transformSync(read("bootstrap", "dist/css/bootstrap.css"), { loader: "css", minify: true, target: TARGET }).code,
  },
  "bootstrap-icons": { "icons.svg": sprite },
  echarts: { "echarts.min.js": () => bundle("echarts.js", { globalName: "echarts" }) },
  "htmx.org": { "htmx.min.js": () => bundle("htmx.js") },
};
const licences = {
  bootstrap: [["bootstrap", "LICENSE"]],
  "bootstrap-icons": [["bootstrap-icons", "LICENSE"]],
  echarts: [["echarts", "LICENSE"], ["echarts", "NOTICE"], ["zrender", "LICENSE", "LICENSE-zrender"]],
  "htmx.org": [["htmx.org", "LICENSE"]],
};

for (const [name, files] of Object.entries(packages)) {
  const to = join(root, "static", "vendor", name);
  mkdirSync(to, { recursive: true });
  const { version } = JSON.parse(read(name, "package.json"));
  for (const [file, make] of Object.entries(files)) {
    const text = make().replace(/\/[*/]# sourceMappingURL=[^\n]*?(\*\/)?\s*$/gm, "");
    const said = file.endsWith(".svg") ? "" : `/* ${name} ${version}; licence beside this file */\n`;
    writeFileSync(join(to, file), said + text);
    console.log(`${name} ${version} -> static/vendor/${name}/${file} ${Math.round(text.length / 1024)} kB`);
  }
  for (const [from, file, as = file] of licences[name]) copyFileSync(source(from, file), join(to, as));
}
