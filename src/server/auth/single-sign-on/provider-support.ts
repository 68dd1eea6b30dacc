// For tests: npm's oidc-provider as the organization's identity provider, and a browser's steps through it.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface TestProvider {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the provider says of each account. */
  readonly people: Map<string, Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

interface ProviderClass {
  new (issuer: string, configuration: object): { callback(): Parameters<typeof createServer>[1]; readonly app: object };
}

/** It has no types of its own. */
const providerClass = async (): Promise<ProviderClass> =>
  ((await import("oidc-provider" as string)) as { readonly Provider: ProviderClass }).Provider;

export async function startProvider(redirect: string): Promise<TestProvider> {
  const Provider = await providerClass();
  let handle: ReturnType<InstanceType<ProviderClass>["callback"]>;
  const server: Server = createServer((request, response) => handle?.(request, response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const people = new Map<string, Readonly<Record<string, unknown>>>();
  const [clientId, clientSecret] = ["bulkhead", "a-secret-of-the-test-client"];
  const provider = new Provider(url, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirect],
        post_logout_redirect_uris: [`${new URL(redirect).origin}/`],
      },
    ],
    cookies: { keys: ["k"] },
    conformIdTokenClaims: false,
    claims: { openid: ["sub", "groups", "name"], email: ["email", "email_verified"] },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, ...people.get(id) }) }),
  });
  handle = provider.callback();
  return {
    url,
    clientId,
    clientSecret,
    people,
    stop: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

/** Signs a person in at the provider as a browser would: follows redirections, keeps cookies, sends its forms. Returns the address it leads back to. */
export async function walkThrough(start: string, who: string, back: string): Promise<string> {
  const cookies = new Map<string, string>();
  let url = start;
  let form: string | undefined;
  for (let step = 0; step < 20; step++) {
    if (url.startsWith(back)) return url;
    const response = await fetch(url, {
      method: form === undefined ? "GET" : "POST",
      redirect: "manual",
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(form !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(form !== undefined && { body: form }),
    });
    for (const each of response.headers.getSetCookie()) {
      const [pair = ""] = each.split(";");
      const at = pair.indexOf("=");
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const location = response.headers.get("location");
    const page = await response.text();
    if (location !== null) {
      url = new URL(location, url).href;
      form = undefined;
      continue;
    }
    const action = /action="([^"]+)"/.exec(page)?.[1];
    if (action === undefined) throw new Error(`no form at ${url}: ${response.status} ${page.slice(0, 500)}`);
    url = new URL(action, url).href;
    form = page.includes('value="login"') ? `prompt=login&login=${who}&password=x` : "prompt=consent";
  }
  throw new Error("the provider leads nowhere");
}
