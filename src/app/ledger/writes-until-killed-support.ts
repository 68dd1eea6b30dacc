// A process of the tests that appends entries one by one and says each place once it is on disk, until somebody kills it.
import { verdictBody } from "../../ledger/verdict-support.ts";
import { appendTo } from "./folder.ts";
import { ed25519Signer, keyAt } from "./keys.ts";

const [folder = "", key = "", origin = ""] = process.argv.slice(2);
const signer = ed25519Signer(origin, keyAt(key, "refuse"));
for (;;) {
  const index = appendTo(folder, signer, [{ kind: "verdict", body: verdictBody() }], new Date());
  process.stdout.write(`${index}\n`);
}
