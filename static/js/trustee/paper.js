// A share file on paper: a code for a camera, and the same as text. What is printed opens with the
// passphrase alone, like the file.
import { make } from "../booth/page.js";
import { pictureOf } from "../booth/picture.js";

const LINE = 48;

// Print the paper and nothing else of the page. text: the share file, which is ASCII throughout.
export function printPaper(text, { title, name, number }) {
  document.querySelector(".trustee-paper")?.remove();
  document.body.append(paperOf(text, { title, name, number }));
  document.body.classList.add("trustee-prints");
  window.print();
}

// Take the paper out of the page again: it is not needed once the share was shown to be readable.
export function removePaper() {
  document.querySelector(".trustee-paper")?.remove();
  document.body.classList.remove("trustee-prints");
}

// A ceremony may be begun anew: by the day an old paper is told from the one that counts.
const today = () => new Date().toLocaleDateString("en-GB", { dateStyle: "long" });

function paperOf(text, { title, name, number }) {
  const lines = text.match(new RegExp(`.{1,${LINE}}`, "g")).join("\n");
  const picture = make(
    "div",
    "trustee-paper__code",
    pictureOf(text, { label: "The share file as a QR code", isLong: true }),
  );
  const paper = make(
    "section",
    "trustee-paper",
    make("h2", "govuk-heading-l", "Share of the key"),
    make("p", "govuk-body", `${title}. Trustee ${number}: ${name}. Printed on ${today()}.`),
    make("p", "govuk-body", "This is a share file, closed by the trustee’s passphrase. Keep it apart from the passphrase, and destroy it once the result stands. To use it, read the code with a phone that has no network, or type the text, on the trustee’s page under “I have it on paper”."),
    picture,
    make("pre", "trustee-paper__text", lines),
  );
  paper.setAttribute("aria-hidden", "true");
  return paper;
}
