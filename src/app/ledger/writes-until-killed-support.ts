// A process of the tests that appends entries one by one and says each place once it is on disk, until somebody kills it.
import { appendTo } from "./folder.ts";
import { ed25519Signer, keyAt } from "./keys.ts";

const [folder = "", key = "", origin = ""] = process.argv.slice(2);
const signer = ed25519Signer(origin, keyAt(key, "refuse"));
const body = {
  version: "0.1.0",
  asOf: "2026-01-01T00:00:00Z",
  charter: "a".repeat(64),
  estate: "b".repeat(64),
  result: "c".repeat(64),
  statements: { wall: "separated", singlePerson: "separated", data: "separated" },
  verdict: "separated",
  gaps: 0,
  exceptions: 0,
  findings: { violated: 0, unknown: 0 },
} as const;
for (;;) {
  const index = appendTo(folder, signer, [{ kind: "verdict", body }], new Date());
  process.stdout.write(`${index}\n`);
}
