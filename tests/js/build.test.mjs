// The build itself: what is served is made from pinned sources alone, and the same each time.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
const folder = mkdtempSync(path.join(os.tmpdir(), "hustings-build-"));
const build = path.join(folder, "first");

const buildInto = (out, cwd) =>
  execFileSync(process.execPath, [path.join(root, "static", "build.mjs"), out], { cwd });

before(() => buildInto(build, root));
after(() => rmSync(folder, { recursive: true, force: true }));

test("building twice gives the same bytes", async () => {
  const second = path.join(folder, "second");

  buildInto(second, "/");

  const sums = await readFile(path.join(build, "SHA256SUMS"), "utf8");
  assert.match(sums, /app\.css[^]*booth\.js[^]*sealing\.js/);
  assert.equal(await readFile(path.join(second, "SHA256SUMS"), "utf8"), sums);
});

test("the sealing names neither the page, nor storage, nor the network", async () => {
  const sealing = await readFile(path.join(build, "sealing.js"), "utf8");

  assert.match(sealing, /getRandomValues/);
  assert.doesNotMatch(
    sealing,
    /\b(document|window|location|history)\s*[.[(]|localStorage|sessionStorage|indexedDB|fetch\(|XMLHttp/,
  );
});

test("the trustee's worker names neither the page nor storage, and holds no words of a page", async () => {
  const worker = await readFile(path.join(build, "trustee-worker.js"), "utf8");

  assert.match(worker, /postMessage/);
  assert.doesNotMatch(
    worker,
    /\b(document|window|location|history)\s*[.[(]|localStorage|sessionStorage|indexedDB|XMLHttp/,
  );
});

test("the page code of the booth does no sealing", async () => {
  const booth = await readFile(path.join(build, "booth.js"), "utf8");

  assert.doesNotMatch(booth, /secp256k1|hustings\/v1/);
});

test("the style sheet fetches nothing and carries nothing of GOV.UK's identity", async () => {
  const css = await readFile(path.join(build, "app.css"), "utf8");

  assert.match(css, /\.govuk-button/);
  assert.doesNotMatch(css, /@import|url\(/);
  assert.doesNotMatch(css, /GDS Transport|crest|crown|logotype/i);
});

test("every script that is served has its licence beside it", async () => {
  const licences = await readFile(path.join(build, "licences.txt"), "utf8");

  for (const name of [
    "@noble/ciphers",
    "@noble/curves",
    "@noble/hashes",
    "dejavu-fonts-ttf",
    "govuk-frontend",
    "htmx.org",
    "lean-qr",
    "pyodide",
  ]) {
    assert.ok(licences.includes(`${name} `), name);
  }
  assert.match(licences, /Pavol Rusnak/);
  assert.match(licences, /PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2/);
});

test("Python is served as it was published, whole, and its hashes are among the others", async () => {
  const names = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json", "python_stdlib.zip"];
  const sums = await readFile(path.join(build, "SHA256SUMS"), "utf8");

  for (const name of names) {
    const served = await readFile(path.join(build, "python", name));
    assert.ok(served.equals(await readFile(path.join(root, "node_modules", "pyodide", name))), name);
    const hash = createHash("sha256").update(served).digest("hex");
    assert.ok(sums.includes(`${hash}  python/${name}\n`), name);
  }
});

test("the typefaces for printing are those published", async () => {
  for (const name of ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"]) {
    const published = path.join(root, "node_modules", "dejavu-fonts-ttf", "ttf", name);
    assert.ok((await readFile(path.join(build, "fonts", name))).equals(await readFile(published)));
  }
});

test("the page of the check decides nothing: no word of a proof or a hash is in it", async () => {
  const page = await readFile(path.join(build, "check.js"), "utf8");

  assert.match(page, /What was declared is what the ballots on the board say/);
  assert.doesNotMatch(page, /sha256|secp256k1|digest\(|https?:\/\//i);
});

test("the voter's side stays under 60 KB, and so does the sealing", async () => {
  const size = async (name) => gzipSync(await readFile(path.join(build, name))).length;

  assert.ok((await size("app.css")) + (await size("booth.js")) < 40 * 1024);
  assert.ok((await size("sealing.js")) < 60 * 1024);
});
