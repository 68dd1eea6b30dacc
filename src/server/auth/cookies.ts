// The cookies of sign-in: unreadable for scripts, for this host alone, sent by other sites' links and by nothing else of theirs.

export interface Cookies {
  readonly session: string;
  readonly binding: string;
  readonly attributes: string;
}

/** `__Host-` makes a browser refuse the cookie from a subdomain, over http, and for a part of the paths (RFC 6265bis, section 4.1.3.2). Without TLS only on this machine itself. */
export function cookiesOf(origin: string): Cookies {
  const isSecure = origin.startsWith("https:");
  const prefix = isSecure ? "__Host-" : "";
  return {
    session: `${prefix}bulkhead`,
    binding: `${prefix}bulkhead-sign-on`,
    attributes: `Path=/; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`,
  };
}

/** Undefined when it is not there, or there twice: then somebody else may have set one of them. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const found = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return found.length === 1 && found[0] !== "" ? found[0] : undefined;
}

/** Without a value the browser forgets it. */
export const setCookie = ({ attributes }: Cookies, name: string, value: string, seconds?: number): string =>
  `${name}=${value}; ${attributes}${value === "" ? "; Max-Age=0" : seconds === undefined ? "" : `; Max-Age=${seconds}`}`;
