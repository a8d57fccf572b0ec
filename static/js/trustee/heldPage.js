// "Prove that you still hold your share", on a trustee's page (docs/spec/trustees.md §5.2).
import { make } from "../booth/page.js";
import { checkShare, proofOf } from "./held.js";
import { shareForm } from "./shareForm.js";

// key: as the ceremony on the board gives it. latest(): the board at its newest checkpoint, checked.
export function showHeld({ frame, seat, said, key, latest, again, fail }) {
  const { number } = said.trustee;
  const onShare = async (share) => {
    checkShare(share, { number, key });
    await seat.proveHeld(proofOf(share, await latest()));
    again();
  };
  frame.show(`held ${said.election.state}`, "Prove that you still hold your share", () => [
    make("p", "govuk-body", "Elections have been lost because a trustee’s file could no longer be read. Open yours now: what is sent is a proof, and not the share. It is asked for before the poll opens, and again in its last days."),
    shareForm({ submit: "Prove it", onShare, fail }),
  ]);
}
