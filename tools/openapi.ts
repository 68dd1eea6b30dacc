// Writes the published description of the server's interface, schemas/openapi.json, from the routes themselves. `--check` only compares.
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { policyOf } from "../src/app/gate/policy.ts";
import { CHARTER_TEXT } from "../src/server/charter-support.ts";
import type { Settings } from "../src/server/settings.ts";
import { signInConfiguration, signInOf } from "../src/server/sign-in.ts";
import { start } from "../src/server/start.ts";

const FILE = "schemas/openapi.json";
const url = new URL(`../${FILE}`, import.meta.url);

/** The document that a running server answers at /openapi.json: one is started for it, on an empty data folder. */
export async function openApi(): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), "bulkhead-openapi-"));
  try {
    const running = await start({
      data,
      policy: policyOf(CHARTER_TEXT, "bulkhead.yaml"),
      charterText: CHARTER_TEXT,
      host: "127.0.0.1",
      port: 0,
      securityContact: "mailto:security@example.com",
      http: { logger: false },
      signIn: signInOf(everyWayIn(), data, secrets()).signIn,
    });
    const document = running.app.swagger();
    await running.close();
    return `${JSON.stringify(document, null, 2)}\n`;
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** Every route is described, whichever ways in a server is given. */
function everyWayIn(): Settings {
  const environments = [{ repository: "acme/shop", environment: "production", to: "production" }];
  const document = {
    origin: "https://bulkhead.example.com",
    githubApp: { appId: "1", privateKeyFrom: "KEY", webhookSecretFrom: "SECRET", environments },
    gitlab: { tokenFrom: "SECRET", webhookTokenFrom: "SECRET", environments },
  };
  return signInConfiguration(document, document.origin);
}

function secrets(): Readonly<Record<string, string>> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { KEY: privateKey.export({ type: "pkcs8", format: "pem" }) as string, SECRET: "of-this-run" };
}

/** Whether the committed document differs from what the code gives; a missing file differs. */
export async function isOutdated(): Promise<boolean> {
  try {
    return readFileSync(url, "utf8") !== (await openApi());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
}

async function main(isCheck: boolean): Promise<number> {
  if (!isCheck) writeFileSync(url, await openApi());
  const isDifferent = await isOutdated();
  if (isDifferent) console.error(`${FILE} differs from the routes. Run: node tools/openapi.ts`);
  return isDifferent ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.includes("--check"));
