// The README's tour of the gate, run as it stands there: only the port and the data folder are others.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { freePort } from "../lib/free-port-support.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("the tour refuses what was never tested and one's own approval, deploys, rolls back, and verifies offline", async () => {
  const [, section = ""] = readFileSync(join(root, "README.md"), "utf8").split("\n## The gate\n");
  const [, script = ""] = /```sh\n([^]*?)```/.exec(section) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-tour-"));
  try {
    const here = script
      .replaceAll("8083", String(await freePort()))
      .replaceAll(/\btrial\/|--data trial\b/g, (found) => found.replace("trial", join(folder, "trial")));
    const { stdout, stderr } = spawnSync("bash", ["-m"], {
      cwd: root,
      // Whatever happens, the server does not outlive the tour.
      input: `trap 'kill %1 2>/dev/null' EXIT\n${here}`,
      encoding: "utf8",
      timeout: 110_000,
      env: { ...process.env, NO_COLOR: "1" },
    });
    const told = stdout
      .split("\n")
      .filter((line) => /^[✓✗…] /.test(line) || line.includes("not-"))
      .map((line) => line.replaceAll(/ +/g, " "));
    const until = / to be deployed until .*/;
    expect(told.map((line) => line.replace(until, ""))).toEqual([
      "✗ Promotion 0 refused",
      expect.stringMatching(/^ not-deployed-below sha256:\w+ was never confirmed to run in test$/),
      expect.stringMatching(/^ not-tested no test passed on sha256:\w+ in test$/),
      " not-enough-approvals 0 of 1 approvals by others than its authors and requester",
      "✓ Promotion 3 approved,",
      "✓ Promotion 3 deployed",
      "… Promotion 7 waiting",
      " not-enough-approvals 0 of 1 approvals by others than its authors and requester",
      "✓ Promotion 7 approved,",
      "✓ Promotion 7 deployed",
      "✓ Promotion 12 approved,",
      "✓ Promotion 12 deployed",
      "… Promotion 16 waiting",
      " not-enough-approvals 0 of 1 approvals by others than its authors and requester",
      "✓ Promotion 16 approved,",
      "✓ Promotion 16 deployed",
      "… Promotion 20 waiting",
      " not-enough-approvals 0 of 1 approvals by others than its authors and requester",
      "✓ Promotion 20 approved,",
      "✓ Promotion 20 deployed",
      "✓ Intact trial/acme, 24 entries: every entry and hash recomputed, signed as the policy asks",
    ]);
    expect(stderr).toContain("amara asked for it, and another must approve");
    expect(stderr).toContain("runs in production, and sha256:");
    expect(stderr).toContain("exported: 24 entries");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
