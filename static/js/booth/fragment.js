// The end of the address, after "#": a voting code, or a place on the page. It is never sent.

// What a fragment says, without taking it.
export function read(hash) {
  const fragment = hash.slice(1);
  try {
    return decodeURIComponent(fragment); // Some mail programs escape what need not be.
  } catch {
    return fragment; // Not escaped after all: what it is worth is said when it is read as a code.
  }
}

// The element that a fragment names, as that of "Skip to main content", or null.
export const placeNamed = (hash) => document.getElementById(read(hash));

// Take a code out of the address, and out of this tab's history. Empty where there is none.
export function takeFragment() {
  const { hash, pathname, search } = location;
  if (hash === "" || placeNamed(hash)) return "";
  history.replaceState(history.state, "", pathname + search);
  return read(hash);
}
