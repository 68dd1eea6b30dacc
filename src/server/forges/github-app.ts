// The GitHub App: says for itself who it is, gets a token for one repository, and answers a waiting deployment.
import { createPrivateKey, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import { z } from "zod";
import { boundedFetch } from "../outgoing/bounded-fetch.ts";
import { AuthError } from "../auth/error.ts";
import type { GithubApp } from "./configuration.ts";
import type { Verdict } from "./verdict.ts";
import type { WaitingDeployment } from "./github-webhook.ts";

const BOUNDS = { timeoutMs: 10_000, maxBytes: 1_000_000 };
const Installed = z.object({ token: z.string().min(1) });

export interface GithubAnswers {
  /** Throws when GitHub does not take it; then it is tried again. */
  answer(deployment: WaitingDeployment, verdict: Verdict): Promise<void>;
}

export function githubApp(app: GithubApp, privateKey: string, now: () => Date): GithubAnswers {
  const key = keyOf(privateKey);
  const ask = async (path: string, token: string, body: object): Promise<{ readonly status: number; readonly json: unknown }> => {
    const init = {
      method: "POST",
      headers: {
        accept: "application/vnd.github+json",
        "content-type": "application/json",
        "x-github-api-version": "2022-11-28",
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify(body),
    };
    const answer = await boundedFetch(new URL(`${app.api.replace(/\/$/, "")}${path}`), init, BOUNDS);
    const text = Buffer.from(answer.body).toString("utf8");
    if (answer.status < 200 || answer.status > 299) throw new Error(`GitHub answers ${answer.status} at ${path}`);
    return { status: answer.status, json: text === "" ? undefined : (JSON.parse(text) as unknown) };
  };
  return {
    answer: async (deployment, { state, comment }) => {
      const jwt = await identityOf(app.appId, key, now());
      // The least that the answer needs: one repository, one permission (GitHub Docs, "Generating an installation access token for a GitHub App").
      const scope = { repository_ids: [deployment.repositoryId], permissions: { deployments: "write" } };
      const { json } = await ask(`/app/installations/${deployment.installation}/access_tokens`, jwt, scope);
      const { token } = Installed.parse(json);
      const path = `/repos/${deployment.repository}/actions/runs/${deployment.run}/deployment_protection_rule`;
      await ask(path, token, { environment_name: deployment.environment, comment, ...(state !== "waiting" && { state }) });
    },
  };
}

/** GitHub Docs, "Generating a JSON Web Token (JWT) for a GitHub App": issued a minute ago for clocks that differ, for at most ten minutes. */
const identityOf = (appId: string, key: KeyObject, now: Date): Promise<string> => {
  const second = Math.floor(now.getTime() / 1000);
  return new SignJWT({ iss: appId, iat: second - 60, exp: second + 540 }).setProtectedHeader({ alg: "RS256", typ: "JWT" }).sign(key);
};

function keyOf(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "rsa") return key;
  } catch (cause) {
    throw new AuthError("BAD_CONFIGURATION", "the GitHub App's private key cannot be read: give it in PEM form", { cause });
  }
  throw new AuthError("BAD_CONFIGURATION", "the GitHub App's private key is no RSA key");
}
