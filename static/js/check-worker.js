// The verifier in the browser: Python, the bundle, and what each check says as it ends.
//
// It runs in a worker, so that the page stays awake, and so that what Python needs of the browser
// (WebAssembly) is let in here and on no page: this file's answer bears a policy of its own.
// Nothing is asked of another site: Python comes from this one, as the bundle does.
//
// It is sent, once: { pythonUrl, verifierUrl, bundleUrl, options, files }
//   options   the command's own, as a list of words
//   files     { path: File }: what the options name; with "/bundle.zip" nothing is downloaded
// It answers, many times, with one of:
//   { fetched: what, done, all }     bytes of a download; all is 0 if it is not known
//   { told: {…} }                    what verifier/in_page.py tells
//   { stopped: why }                 it cannot go on; the last
const BUNDLE = "/bundle.zip";
const VERIFIER = "/verifier.zip";
// The smallest module there is: eight bytes, and nothing in it.
const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

addEventListener("message", ({ data: asked }) => {
  check(asked).catch(stop);
});

function stop(error) {
  postMessage({ stopped: error instanceof Error ? error.message : String(error) });
}

async function check({ pythonUrl, verifierUrl, bundleUrl, options, files }) {
  const python = await loadPython(pythonUrl);
  python.FS.writeFile(VERIFIER, await download("verifier", verifierUrl));
  for (const [path, file] of Object.entries(files)) {
    python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")) || "/");
    python.FS.writeFile(path, new Uint8Array(await file.arrayBuffer()));
  }
  if (!(BUNDLE in files)) python.FS.writeFile(BUNDLE, await download("bundle", bundleUrl));
  python.runPython(`import sys; sys.path.insert(0, ${JSON.stringify(VERIFIER)})`);
  const inPage = python.pyimport("verifier.in_page");
  inPage.check(python.toPy([BUNDLE, ...options]), (line) => {
    postMessage({ told: JSON.parse(line) });
  });
}

async function loadPython(pythonUrl) {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
  } catch {
    throw new Error("This browser, or a rule of it, does not run WebAssembly.");
  }
  // Pyodide writes down that its program did not come, and waits for ever: so that is heard here.
  const instantiate = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = (...given) =>
    instantiate(...given).catch((error) => {
      stop(error);
      throw error;
    });
  postMessage({ fetched: "python", done: 0, all: 0 });
  const { loadPyodide } = await import(`${pythonUrl}pyodide.mjs`);
  return loadPyodide({ indexURL: pythonUrl });
}

async function download(what, url) {
  const answer = await fetch(url, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}.`);
  const all = Number(answer.headers.get("Content-Length") ?? 0);
  const pieces = [];
  let done = 0;
  for await (const piece of readAll(answer.body.getReader())) {
    pieces.push(piece);
    done += piece.length;
    postMessage({ fetched: what, done, all });
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

async function* readAll(reader) {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
