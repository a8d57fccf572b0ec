// The build itself: what is served is made from pinned sources alone, and the same each time.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
const build = path.join(root, "static", "build");

test("building twice gives the same bytes", async () => {
  execFileSync(process.execPath, [path.join(root, "static", "build.mjs")], { cwd: root });
  const first = await readFile(path.join(build, "SHA256SUMS"), "utf8");

  execFileSync(process.execPath, [path.join(root, "static", "build.mjs")], { cwd: "/" });
  const second = await readFile(path.join(build, "SHA256SUMS"), "utf8");

  assert.match(first, /app\.css/);
  assert.equal(second, first);
});

test("the style sheet fetches nothing and carries nothing of GOV.UK's identity", async () => {
  const css = await readFile(path.join(build, "app.css"), "utf8");

  assert.match(css, /\.govuk-button/);
  assert.doesNotMatch(css, /@import|url\(/);
  assert.doesNotMatch(css, /GDS Transport|crest|crown|logotype/i);
});

test("every page's styles and scripts stay small", async () => {
  const size = async (name) => gzipSync(await readFile(path.join(build, name))).length;

  assert.ok((await size("app.css")) + (await size("page.js")) < 30 * 1024);
});
