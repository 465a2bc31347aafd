// Makes the portal's vendor folder from the pinned npm packages: node build.mjs OUT [TESTS_OUT]
import { build, transform } from "esbuild";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "tailwindcss";

const HERE = dirname(fileURLToPath(import.meta.url));
const PORTAL = resolve(HERE, "../src/exos/portal");
const [out, testsOut] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(import.meta.url);

const SHIPPED = ["@hyperdx/browser", "chart.js", "@kurkle/color", "lucide", "tailwindcss", "@fontsource-variable/inter"];
const FONTS = { "inter-latin.woff2": "inter-latin-wght-normal.woff2", "inter-latin-ext.woff2": "inter-latin-ext-wght-normal.woff2" };

await mkdir(join(out, "fonts"), { recursive: true });
await Promise.all([charts(), styles(), icons(), fonts(), sdk(), snippet(), licences(), pages()]);
if (testsOut) {
  const replay = join(HERE, "node_modules/@rrweb/replay/dist");
  await mkdir(testsOut, { recursive: true });
  await copyFile(require.resolve("axe-core/axe.min.js"), join(testsOut, "axe.min.js"));
  await copyFile(join(replay, "replay.umd.min.cjs"), join(testsOut, "replay.js"));
  await copyFile(join(replay, "style.min.css"), join(testsOut, "replay.css"));
}

async function charts() {
  await build({
    entryPoints: [join(HERE, "charts.mjs")], outfile: join(out, "chart.js"), bundle: true, format: "esm", minify: true, target: "es2022",
    legalComments: "inline", logLevel: "warning",
  });
}

// Every word of our pages and scripts is offered to Tailwind, which keeps those that are utilities; no second list to keep.
async function styles() {
  const input = await readFile(join(PORTAL, "styles/theme.css"), "utf8");
  const compiler = await compile(input, { base: PORTAL, loadStylesheet });
  const words = new Set();
  for (const path of await sources(PORTAL)) {
    for (const word of (await readFile(path, "utf8")).split(/[\s"'`<>={}$;]+/)) words.add(word);
  }
  const { code } = await transform(compiler.build([...words]), { loader: "css", minify: true, target: "chrome123" });
  await writeFile(join(out, "tailwind.css"), code);
}

async function loadStylesheet(id, base) {
  const path = id.startsWith(".") ? resolve(base, id) : require.resolve(id);
  return { path, base: dirname(path), content: await readFile(path, "utf8") };
}

async function sources(folder) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && /\.(html|js)$/.test(entry.name) && !entry.parentPath.includes("vendor"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function icons() {
  const names = JSON.parse(await readFile(join(HERE, "icons.json"), "utf8"));
  const shapes = {};
  for (const name of names) shapes[name] = (await import(`lucide/dist/esm/icons/${name}.mjs`)).default;
  await writeFile(join(out, "icons.js"), `export default ${JSON.stringify(shapes)};\n`);
}

async function fonts() {
  for (const [name, source] of Object.entries(FONTS)) {
    await copyFile(join(HERE, "node_modules/@fontsource-variable/inter/files", source), join(out, "fonts", name));
  }
}

// The browser SDK that the snippet loads: published as one UMD file, served as it is.
async function sdk() {
  await copyFile(join(HERE, "node_modules/@hyperdx/browser/build/index.js"), join(out, "hyperdx.js"));
}

// Our own pages' modules, a few files a page instead of seventy: a browser starts in two thirds of the time. The server uses them while
// the modules are those that they were made of (server/bundles.py), so that an edited module shows on reload.
async function pages() {
  const modules = (await sources(PORTAL)).filter((path) => path.endsWith(".js"));
  const documents = await Promise.all((await sources(PORTAL)).filter((path) => path.endsWith(".html")).map((path) => readFile(path, "utf8")));
  const named = documents.flatMap((text) => [...text.matchAll(/<script type="module" src="\/portal\/([^"]+)">/g)].map(([, name]) => join(PORTAL, name)));
  const entries = [...new Set(named), ...modules.filter((path) => path.endsWith("-worker.js"))];
  const outdir = join(out, "pages");
  await rm(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: entries, outdir, entryNames: "[name]", bundle: true, splitting: true, format: "esm", target: "es2022", minifyWhitespace: true,
    metafile: true, absWorkingDir: PORTAL, logLevel: "warning", plugins: [{ name: "vendored", setup: leaveVendored }],
  });
  const digest = createHash("sha256");
  for (const path of modules) digest.update(`${relative(PORTAL, path)}\n`).update(await readFile(path));
  const made = Object.entries(metafile.outputs).filter(([, { entryPoint }]) => entries.includes(join(PORTAL, entryPoint ?? "")));
  const imports = ([path, { imports: all }]) => [basename(path), all.filter(({ kind, external }) => kind === "import-statement" && !external).map((one) => basename(one.path))];
  await writeFile(join(outdir, "made.json"), JSON.stringify({ sources: digest.digest("hex"), imports: Object.fromEntries(made.map(imports)) }));
}

function leaveVendored(plugin) {
  plugin.onResolve({ filter: /vendor\// }, ({ path }) => ({ path: `/portal/vendor/${path.split("vendor/")[1]}`, external: true }));
}

// Our own snippet: pages of other people load it, so it is one small file. The server fills in the versions.
async function snippet() {
  await build({
    entryPoints: [join(HERE, "../src/exos/sdk/exos.js")], outfile: join(out, "exos.js"), bundle: true, format: "iife", minify: true,
    target: "es2022", charset: "utf8", legalComments: "none", logLevel: "warning",
  });
}

async function licences() {
  const versions = {};
  const texts = [];
  for (const name of SHIPPED) {
    const folder = join(HERE, "node_modules", name);
    const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
    versions[name] = { version: about.version, licence: about.license, source: `https://www.npmjs.com/package/${name}/v/${about.version}` };
    texts.push(`${name} ${about.version} (${about.license})\n${versions[name].source}\n\n${(await readFile(join(folder, file), "utf8")).trim()}\n`);
  }
  await writeFile(join(out, "versions.json"), `${JSON.stringify(versions, null, 2)}\n`);
  await writeFile(join(out, "LICENSES.txt"), texts.join(`\n${"-".repeat(80)}\n\n`));
}
