// Inventories whose hosts belong to several environments: one run without a limit reaches all of them.
import type { Estate } from "../estate.ts";
import { allRuns } from "./all-runs.ts";
import { hostId } from "./ids.ts";
import { inventoriesOf, type Inventory, namesPath } from "./inventories.ts";

export interface Mixed {
  readonly inventory: Inventory;
  /** Environments of the charter, each with its first host and how many it has. */
  readonly environments: ReadonlyMap<string, { readonly first: string; readonly count: number }>;
  /** Hosts in no environment. */
  readonly unplaced: readonly string[];
  /** Runs that reach several of them at once, by their labels. */
  readonly runs: readonly string[];
}

/** Files as they stand, and folders that a command or the settings name. */
export function inventories(estate: Estate): readonly Mixed[] {
  const all = allRuns(estate).flatMap((one) => one.runs.map((run) => ({ by: one.label, run })));
  const settings = estate.observations("ansible/configuration");
  const files = new Set(estate.observations("ansible/inventory").map((one) => `${one.project}\n${one.path}`));
  const isTaken = (inventory: Inventory): boolean =>
    files.has(`${inventory.project}\n${inventory.root}`) ||
    all.some(({ run }) => run.inventory === inventory) ||
    settings.some((one) => one.project === inventory.project && one.inventories.some((path) => namesPath(path, inventory.root)));
  return inventoriesOf(estate)
    .filter(isTaken)
    .map((inventory) => {
      const environments = new Map<string, { first: string; count: number }>();
      const unplaced: string[] = [];
      for (const name of inventory.all) {
        const environment = estate.environmentOf(hostId(inventory.project, name));
        if (environment === undefined) unplaced.push(name);
        else
          environments.set(environment, {
            first: environments.get(environment)?.first ?? name,
            count: (environments.get(environment)?.count ?? 0) + 1,
          });
      }
      const runs = all
        .filter(({ run }) => run.inventory === inventory)
        .filter(({ run }) => new Set(run.hosts.flatMap((host) => estate.environmentOf(hostId(run.project, host.name)) ?? [])).size > 1)
        .map(({ by, run }) => `${by} runs ${run.playbook} on all of them`);
      return { inventory, environments, unplaced, runs };
    });
}
