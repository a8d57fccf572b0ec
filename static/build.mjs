// Builds what the browser is served, from sources and pinned packages alone.
//
// The same sources and the same lock file give the same bytes: no time, no path and no random
// name goes into a file, so that anyone can build it again and compare the hashes.
// Output, all under static/build/ or the folder named as the one argument:
//   app.css      govuk-frontend and Hustings' own rules
//   page.js      the few enhancements of ordinary pages
//   booth.js     the page code of the booth; it does no sealing
//   booth-closed.js  the same page's, while no ballot can be cast
//   device-check.js  the page on which a second device checks a first; it does no sealing either
//   sealing.js   the sealing, and nothing else; it touches no page
//   check.js     the page in which a contest is checked
//   check-worker.js  what runs the verifier there, in Python
//   python/      Python for browsers (Pyodide), as published
//   teller.js    a teller's page, with the sealing of postal papers
//   trustee.js   the trustee's page, with the sealing and the board that it needs
//   trustee-passphrase.js  the slow hash of a trustee's passphrase, in a worker; it touches no page
//   trustee-worker.js  a trustee's mixing and opening, in a worker; it touches no page
//   htmx.js      htmx, as published
//   fonts/       the typefaces of what is made for printing (DejaVu Sans), as published
//   licences.txt the licences of everything above that is not ours
//   SHA256SUMS   the hashes of the files above
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";
import * as sass from "sass";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const target = path.resolve(process.argv[2] ?? path.join(here, "build"));
const out = `${target}.new`; // Put in place only when it is whole.
const modules = path.join(root, "node_modules");

const SEALING_LIMIT_BYTES = 60 * 1024;
const SERVED_PACKAGES = [
  "@noble/ciphers",
  "@noble/curves",
  "@noble/hashes",
  "dejavu-fonts-ttf",
  "govuk-frontend",
  "htmx.org",
  "lean-qr",
  "pyodide",
];
// The interpreter and its standard library; of what else there is for it nothing is served.
const PYTHON_FILES = [
  "pyodide.mjs",
  "pyodide.asm.mjs",
  "pyodide.asm.wasm",
  "pyodide-lock.json",
  "python_stdlib.zip",
];

const TYPEFACES = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];

async function buildStyles() {
  const { css } = sass.compile(path.join(here, "css", "app.scss"), {
    loadPaths: [modules],
    style: "compressed",
    sourceMap: false,
    charset: false,
    quietDeps: true,
  });
  if (/@import|url\(\s*["']?(https?:)?\/\//.test(css)) {
    throw new Error("app.css would fetch something from elsewhere");
  }
  if (/GDS Transport|govuk-crest|govuk-logotype/.test(css)) {
    throw new Error("app.css still names a font or an emblem that belongs to GOV.UK");
  }
  await writeFile(path.join(out, "app.css"), css + "\n");
}

async function buildScripts() {
  const entryPoints = {
    page: path.join(here, "js", "page.js"),
    booth: path.join(here, "js", "booth.js"),
    "booth-closed": path.join(here, "js", "booth-closed.js"),
    check: path.join(here, "js", "check.js"),
    "check-worker": path.join(here, "js", "check-worker.js"),
    "device-check": path.join(here, "js", "device-check.js"),
    sealing: path.join(here, "js", "sealing", "index.js"),
    teller: path.join(here, "js", "teller.js"),
    trustee: path.join(here, "js", "trustee.js"),
    "trustee-passphrase": path.join(here, "js", "trustee", "passphraseWorker.js"),
    "trustee-worker": path.join(here, "js", "trustee", "worker.js"),
  };
  const present = Object.entries(entryPoints).filter(([, file]) => existsSync(file));
  await esbuild.build({
    entryPoints: Object.fromEntries(present),
    outdir: out,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022"],
    charset: "utf8",
    legalComments: "none",
    absWorkingDir: root,
    sourcemap: false,
    logLevel: "warning",
  });
}

async function copyHtmx() {
  const source = await readFile(path.join(modules, "htmx.org", "dist", "htmx.min.js"));
  await writeFile(path.join(out, "htmx.js"), source);
}

async function copyPython() {
  await mkdir(path.join(out, "python"));
  for (const name of PYTHON_FILES) {
    await copyFile(path.join(modules, "pyodide", name), path.join(out, "python", name));
  }
}

async function copyTypefaces() {
  await mkdir(path.join(out, "fonts"));
  for (const name of TYPEFACES) {
    const published = path.join(modules, "dejavu-fonts-ttf", "ttf", name);
    await copyFile(published, path.join(out, "fonts", name));
  }
}

async function writeLicences() {
  const parts = [];
  for (const name of SERVED_PACKAGES) {
    const folder = path.join(modules, name);
    const { version, license } = JSON.parse(
      await readFile(path.join(folder, "package.json"), "utf8"),
    );
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(path.join(folder, file), "utf8") : "";
    parts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  parts.push(await readFile(path.join(here, "js", "check", "licences.txt"), "utf8"));
  const words = await readFile(path.join(here, "js", "sealing", "wordlist.js"), "utf8");
  parts.push(`The words of a receipt\n\n${words.slice(0, words.indexOf("export")).trim()}\n`);
  await writeFile(path.join(out, "licences.txt"), parts.join("\n" + "-".repeat(72) + "\n\n"));
}

async function writeSums() {
  const found = await readdir(out, { recursive: true, withFileTypes: true });
  const names = found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(out, path.join(entry.parentPath, entry.name)))
    .map((name) => name.replaceAll(path.sep, "/"))
    .sort();
  const lines = [];
  for (const name of names) {
    const bytes = await readFile(path.join(out, name));
    lines.push(`${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`);
    const small = gzipSync(bytes, { level: 9 }).length;
    console.log(`${name.padEnd(24)} ${String(bytes.length).padStart(8)} B, ${small} B compressed`);
    if (name === "sealing.js" && small > SEALING_LIMIT_BYTES) {
      throw new Error(`sealing.js is ${small} bytes compressed, over ${SEALING_LIMIT_BYTES}`);
    }
  }
  await writeFile(path.join(out, "SHA256SUMS"), lines.join(""));
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await buildStyles();
await buildScripts();
await copyHtmx();
await copyPython();
await copyTypefaces();
await writeLicences();
await writeSums();
await rm(target, { recursive: true, force: true });
await rename(out, target);
