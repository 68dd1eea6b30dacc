// Clause B3: one inventory holds hosts of a lower and of a higher environment, so that a limit on a command line is all that keeps them apart.
import { inventories, type Mixed } from "../../analyze/ansible/mixed.ts";
import type { Estate } from "../../analyze/estate.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "inventory-mixes-environments",
  clause: "B3",
  severity: "medium",
  title: "One inventory holds hosts of two environments",
  remediation: "Give each environment an inventory of its own, with its own group_vars, and name it in the job of that environment.",
  evaluate: ({ estate }) => {
    const all = inventories(estate);
    if (all.length === 0) return { notApplicable: "no inventory of Ansible was read" };
    const open = all.filter(({ inventory }) => inventory.unknown !== undefined);
    return {
      findings: all.flatMap((one) => found(estate, one)),
      unknown: [
        ...open.map(({ inventory }) => `which hosts ${inventory.label} holds: ${inventory.unknown ?? ""}`),
        ...all
          .filter(({ environments, unplaced }) => environments.size > 0 && unplaced.length > 0)
          .map(
            ({ inventory, unplaced }) =>
              `which environment ${unplaced.slice(0, 3).join(", ")} of ${inventory.label} belongs to is not in the charter`,
          ),
        ...estate.gaps.filter((gap) => gap.topic === "ansible/inventory").map((gap) => `${gap.what}: ${gap.why}`),
      ],
    };
  },
};

function found(estate: Estate, { inventory, environments, runs }: Mixed): Found[] {
  return estate.walls
    .filter(({ from, to }) => environments.has(from) && environments.has(to))
    .map(({ from, to }) => {
      const lower = environments.get(from);
      const higher = environments.get(to);
      return {
        verdict: "violated",
        summary: `Inventory ${inventory.root} of ${inventory.project} holds ${lower?.first ?? ""} of ${from} and ${higher?.first ?? ""} of ${to}${runs[0] === undefined ? "" : `, and ${runs[0]}`}`,
        from: `ansible:${inventory.project}#inventory/${inventory.root}`,
        to: `environment:${to}`,
        fromEnvironment: from,
        toEnvironment: to,
        grant: `ansible:${inventory.project}#inventory/${inventory.root}`,
        count: (lower?.count ?? 0) + (higher?.count ?? 0),
        change: [`move the hosts of ${to} from ${inventory.root} into an inventory of their own`],
        source: inventory.source,
      };
    });
}
