// Rules from the charter: what a stored credential opens, where only people know.
import { fact, grant, type Capability } from "../../model/rule.ts";
import type { KnownEstate } from "../plane.ts";
import type { Emission } from "./emission.ts";

export function credentialRules({ charter, entities }: KnownEstate, out: Emission): void {
  for (const [index, credential] of charter.credentials.entries()) {
    const source = { file: "bulkhead.yaml", pointer: `/credentials/${index}` };
    const label = entities.get(credential.secret)?.label ?? credential.secret;
    const opens = (capability: Capability, targets: readonly string[], verb: string): void => {
      for (const target of targets) {
        const what = entities.get(target)?.label ?? target;
        out.rule({
          family: "charter/credential",
          needs: [fact("read", credential.secret)],
          gives: fact(capability, target),
          certainty: "must",
          grants: [
            grant(
              credential.secret,
              { opens: target, capability },
              {
                label: `credential in ${label}`,
                change: `give ${label} a credential that does not ${verb} ${what}`,
                source,
              },
            ),
          ],
          how: `whoever reads ${label} can ${verb} ${what}`,
          source,
        });
      }
    };
    opens("act-as", credential.actsAs, "act as");
    opens("write", credential.writes, "write");
    opens("read", credential.reads, "read");
  }
}
