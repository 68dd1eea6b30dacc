// Where the server may connect: every way of writing an address that is not the internet's, a name that leads home, and what was allowed.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { addressGuard, RefusedAddress } from "./address-guard.ts";
import { guardedPost } from "./guarded-post.ts";

const closed = addressGuard([]);
const mayGoTo = (url: string, guard = closed): boolean => {
  try {
    guard.check(new URL(url).hostname);
    return true;
  } catch (error) {
    if (error instanceof RefusedAddress) return false;
    throw error;
  }
};

describe("an address in the URL", () => {
  test.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:8.8.8.8]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:db8::1]/",
    "http://[ff02::1]/",
  ])("%s is refused", (url) => expect(mayGoTo(url)).toBe(false));

  test.each(["http://8.8.8.8/", "http://172.32.0.1/", "http://172.15.0.1/", "http://100.128.0.1/", "http://[2606:4700::1111]/"])(
    "%s is not",
    (url) => expect(mayGoTo(url)).toBe(true),
  );

  test("what is allowed is, and no more", () => {
    const guard = addressGuard(["10.20.0.0/16", "fd00:1::/32"]);
    expect(
      ["http://10.20.3.4/", "http://10.21.0.1/", "http://[fd00:1::5]/", "http://[fd00:2::5]/"].map((url) => mayGoTo(url, guard)),
    ).toEqual([true, false, true, false]);
  });
});

describe("a name", () => {
  const started = async (answer: (count: number) => readonly [number, Record<string, string>]) => {
    let count = 0;
    const server = createServer((_request, response) => {
      const [status, headers] = answer(++count);
      response.writeHead(status, headers).end("x".repeat(200_000));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    return {
      url: new URL(`http://localhost:${port}/`),
      count: () => count,
      stop: () => new Promise((done) => server.close(done).closeAllConnections()),
    };
  };

  test("that leads to this machine is not connected to, unless that is allowed", async () => {
    const { url, count, stop } = await started(() => [200, {}]);
    await expect(guardedPost(url, {}, "{}", closed)).rejects.toThrow("no public address");
    expect(count()).toBe(0);
    expect(await guardedPost(url, {}, "{}", addressGuard(["127.0.0.0/8"]))).toBe(200);
    await stop();
  });

  test("a redirection is an answer, and not followed", async () => {
    const { url, count, stop } = await started(() => [302, { location: "/elsewhere" }]);
    expect(await guardedPost(url, {}, "{}", addressGuard(["127.0.0.0/8"]))).toBe(302);
    expect(count()).toBe(1);
    await stop();
  });
});
