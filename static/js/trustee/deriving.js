// The slow hash of a passphrase (sealing §9.8) beside the page, in a worker that ends with it.

// tell: told from 0 to 1 how far it is. Gives what sealShare and openShare take as `derive`.
export const deriveBeside =
  (tell = () => {}) =>
  (bytes, salt) => {
    const { passphraseUrl } = document.getElementById("trustee").dataset;
    const worker = new Worker(passphraseUrl, { type: "module" });
    const key = new Promise((resolve, reject) => {
      worker.addEventListener("error", () => reject(new Error("The worker did not start.")));
      worker.addEventListener("message", ({ data }) => {
        if (data.key) resolve(data.key);
        else tell(data.done);
      });
      worker.postMessage({ bytes, salt });
    });
    return key.finally(() => worker.terminate());
  };
