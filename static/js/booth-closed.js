// The booth's page while no ballot can be cast. Its links stay good, so the code is taken out of
// the address here too; nothing is done with it.
import { takeFragment } from "./booth/fragment.js";

takeFragment();
