// Opening a share file in the page: the file, or what stands on the paper, and the passphrase. Both
// stay in this browser.
import { make } from "../booth/page.js";
import { ShareFileRejected } from "../sealing/errors.js";
import { KeyShare } from "../sealing/keys.js";
import { openShare } from "../sealing/shareFile.js";
import { deriveBeside } from "./deriving.js";
import { fileField, form, passphraseField, textField } from "./form.js";

const SENTENCES = {
  "sharefile.format":
    "This is not a share file, or it is damaged. Choose the file that you downloaded, or paste what the paper’s code says.",
  "sharefile.passphrase":
    "The passphrase does not open this file. Try again: capitals and spaces count. Nobody can restore a passphrase.",
};

// submit: what the button says. onShare(share) is given the open share, and may throw; what it
// throws goes to `fail`.
export function shareForm({ submit, onShare, fail }) {
  const file = fileField({
    label: "Your share file",
    hint: "Its name begins with hustings-share. It does not leave this browser.",
  });
  const paper = textField({ label: "Or the text of the paper’s code" });
  const passphrase = passphraseField();
  const all = [file, paper, passphrase];
  const act = async (tell) => {
    for (const one of all) one.clear();
    const bytes = await chosen(file, paper);
    if (bytes === null) {
      file.refuse("Choose the file, or paste the text from the paper.");
      return;
    }
    const given = { passphrase: passphrase.input.value, derive: deriveBeside(tell) };
    const share = await opened(bytes, given, { file, passphrase });
    if (share === null) return;
    await onShare(share);
    for (const one of all) one.input.value = "";
  };
  const paperText = make("details", "govuk-details", summary("I have it on paper"));
  paperText.append(make("div", "govuk-details__text", paper.group));
  const fields = [file.group, paperText, passphrase.group];
  return form({ fields, submit, busy: "Opening your share file…", act, fail });
}

function summary(text) {
  const words = make("span", "govuk-details__summary-text", text);
  return make("summary", "govuk-details__summary", words);
}

// The share file's bytes; of the paper's text, without the spaces and line ends that typing adds.
async function chosen(file, paper) {
  const [first] = file.input.files;
  if (first) return new Uint8Array(await first.arrayBuffer());
  const text = paper.input.value.replace(/\s/g, "");
  return text === "" ? null : new TextEncoder().encode(text);
}

async function opened(bytes, given, { file, passphrase }) {
  try {
    const share = await openShare(bytes, given);
    if (share instanceof KeyShare) return share;
    file.refuse("This is no share of a key: it is what a ceremony keeps between its steps.");
  } catch (error) {
    if (!(error instanceof ShareFileRejected)) throw error;
    const place = error.condition === "sharefile.passphrase" ? passphrase : file;
    place.refuse(SENTENCES[error.condition]);
  }
  return null;
}
