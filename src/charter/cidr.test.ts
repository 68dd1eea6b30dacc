// Ranges as RFC 4632 and RFC 4291 write them.
import { expect, test } from "vitest";
import { rangeOf, rangesOverlap } from "./cidr.ts";

test.each([
  ["10.0.0.0/8", "10.1.0.0/16", true],
  ["10.0.0.0/16", "10.1.0.0/16", false],
  ["10.0.255.255/16", "10.0.0.0/32", true],
  ["0.0.0.0/0", "203.0.113.7/32", true],
  ["2001:db8::/32", "2001:db8:ffff::/48", true],
  ["2001:db8::/48", "2001:db8:1::/48", false],
  ["::ffff:10.0.0.0/104", "::ffff:a01:203/128", true],
  ["::/0", "10.0.0.0/8", false],
  ["::1/128", "::/127", true],
])("%s and %s overlap: %s", (a, b, expected) => {
  expect(rangesOverlap(rangeOf(a), rangeOf(b))).toBe(expected);
  expect(rangesOverlap(rangeOf(b), rangeOf(a))).toBe(expected);
});
