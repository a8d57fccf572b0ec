// What the reader brings, as the options of the verifier's command and the files that they name.

export const FIELD_OF_OPTION = {
  "--key": "key",
  "--witness": "witnesses",
  "--quorum": "quorum",
};
// The options that name files: the field, and whether there may be several.
const FILES = { receipt: "--receipt", proof: "--proof", since: "--since" };

// { options, files }, or { problem: { text, target } } where a field cannot be meant so.
export function asked(form) {
  const options = [];
  const files = {};
  const field = (name) => form.elements.namedItem(name);
  const key = field("key").value.trim();
  if (key) options.push("--key", key);
  const witnesses = field("witnesses").value.split(/\s+/).filter(Boolean);
  for (const witness of witnesses) options.push("--witness", witness);
  const quorum = field("quorum").value.trim();
  if (quorum) {
    const most = witnesses.length;
    if (!/^[0-9]{1,3}$/.test(quorum) || Number(quorum) > most) {
      const text = `Write a number from 0 to ${most}, which is how many you named.`;
      return { problem: { text, target: field("quorum") } };
    }
    options.push("--quorum", quorum);
  }
  for (const [name, option] of Object.entries(FILES)) {
    for (const [place, file] of [...field(name).files].entries()) {
      // A file is called by its own name, in a folder of its own, so that two may be called alike.
      const path = `/given/${name}/${place + 1}/${file.name}`;
      options.push(option, path);
      files[path] = file;
    }
  }
  const [bundle] = field("bundle").files;
  if (bundle) files["/bundle.zip"] = bundle;
  return { options, files };
}
