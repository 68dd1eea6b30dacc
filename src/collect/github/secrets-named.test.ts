// Which secrets an expression reads: every way of writing it, and none that is only text.
import { expect, test } from "vitest";
import { secretsNamed } from "./secrets-named.ts";

test.each([
  ["${{ secrets.TOKEN }}", ["TOKEN"]],
  ["${{secrets.A}} and ${{ secrets.b }}", ["A", "b"]],
  ["${{ secrets['TOKEN'] }}", ["TOKEN"]],
  ["${{ Secrets.TOKEN }}", ["TOKEN"]],
  ["${{ toJSON(secrets) }}", ["*"]],
  ["${{ secrets[matrix.token] }}", ["*"]],
  ["${{ github.event.inputs.a == 'x' && secrets.A || secrets.B }}", ["A", "B"]],
  ["${{ format('secrets.{0}', 'A') }}", []],
  ["${{ steps.secrets.outputs.a }}", []],
  ["secrets.TOKEN", []],
  ["${{\n  secrets.TOKEN\n}}", ["TOKEN"]],
])("%s", (text, names) => {
  expect(secretsNamed({ env: { A: text } })).toEqual(names);
});

test("a condition is an expression without braces", () => {
  expect(secretsNamed({ if: "secrets.TOKEN != ''", name: "secrets.OTHER" })).toEqual(["TOKEN"]);
});
