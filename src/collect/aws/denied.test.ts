// What a denied call leaves unseen.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseCall } from "./call.ts";
import { denied } from "./denied.ts";

const cases = JSON.parse(readFileSync(new URL("./fixtures/denied.json", import.meta.url), "utf8")) as {
  readonly call: string;
  readonly error: string;
  readonly gaps: readonly string[];
}[];

describe("a denied call", () => {
  test.each(cases)("$call: $error", ({ call, error, gaps }) => {
    const found = denied(call, error, { system: "aws", account: "111122223333" });
    expect(found.map((gap) => `${gap.topic} ${gap.subject}`)).toEqual(gaps);
    for (const gap of found) {
      expect(gap.why).toBe(error);
      expect(gap.clauses.length).toBeGreaterThan(0);
    }
  });

  test("of Organizations concerns the organization of the scope", () => {
    const [gap] = denied("aws organizations list-policies --filter SERVICE_CONTROL_POLICY", "AccessDenied", {
      system: "aws",
      organization: "management",
    });
    expect(gap).toMatchObject({ topic: "aws/control-policy", subject: "management" });
  });
});

describe("a command line", () => {
  test("quotes group, and the last word is not lost", () => {
    expect(parseCall(`aws iam get-role --role-name 'a b' --region="eu-west-1" --no-paginate`)).toEqual({
      service: "iam",
      operation: "get-role",
      flags: { "role-name": "a b", region: "eu-west-1" },
    });
  });

  test("of another program is no call", () => expect(parseCall("kubectl get pods")).toBeUndefined());
});
