// The plane of Ansible: which hosts there are, and which jobs of forges and templates of AWX decide what happens on them.
import type { Entity } from "../../model/entity.ts";
import { gapId } from "../../model/gap.ts";
import { fact, grant, type EntitySink, type RuleSink } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import { githubRepository } from "../gitops/repositories.ts";
import { onceEach, make } from "../pipeline/entities.ts";
import { nature, ruleOf } from "../pipeline/emit.ts";
import { report } from "../pipeline/report.ts";
import { contentOf } from "../pipeline/content.ts";
import { undeclaredUse } from "../pipeline/undeclared-secrets.ts";
import type { KnownEstate, Plane, PlaneInput } from "../plane.ts";
import { allRuns, type Runs } from "./all-runs.ts";
import { hostId, keyId, requirementId, templateId, vaultId } from "./ids.ts";
import { inventoriesOf } from "./inventories.ts";
import type { Run } from "./runs.ts";

export const ansiblePlane: Plane = { name: "ansible", entities, rules };

/** What a playbook run decides comes to pass under its helper: it is no thing of an environment itself. */
function entities(input: PlaneInput, sink: EntitySink): void {
  const emit = onceEach(sink);
  for (const inventory of inventoriesOf(input))
    for (const name of inventory.all) emit(make(hostId(inventory.project, name), "host", name, inventory.source, { host: name }));
  const asked = { ...input, environmentOf: () => undefined };
  for (const { by, label, template, runs } of allRuns(asked)) {
    if (template) emit(make(by, "job", label, template.source, { project: by }));
    for (const run of runs) {
      emit(make(run.id, "guard", run.label, run.source));
      for (const { name } of run.hosts) emit(make(hostId(run.project, name), "host", name, run.source, { host: name }));
    }
  }
  for (const one of vaultsOf(input)) emit(make(one.id, "guard", `vault ${one.name} of ${one.project}`, one.source));
  for (const one of input.observations("ansible/requirement"))
    if (one.isMovable) emit(make(requirementId(one.project, one.name), "guard", `${one.what} ${one.name}`, one.source));
}

export interface Vault {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly source: Source;
}

/** Vault ids under which something is encrypted: each is a credential that whoever decrypts needs. */
export function vaultsOf({ observations }: Pick<PlaneInput, "observations">): readonly Vault[] {
  const found = new Map<string, Vault>();
  const add = (project: string, name: string, source: Source): void => {
    const id = vaultId(project, name);
    if (!found.has(id)) found.set(id, { id, name, project, source });
  };
  for (const { project, vaulted } of observations("ansible/variables")) for (const one of vaulted) add(project, one.vaultId, one.source);
  for (const { project, parts } of observations("ansible/playbook"))
    for (const part of parts) if ("play" in part) for (const one of part.play.vaulted) add(project, one.vaultId, one.source);
  return [...found.values()];
}

function rules(estate: KnownEstate, sink: RuleSink): void {
  const seen = new Set<string>();
  for (const each of allRuns(estate)) {
    for (const run of each.runs) {
      startRule(each, run, sink);
      if (!seen.has(run.id)) runRules(estate, run, sink);
      seen.add(run.id);
    }
    unresolvedRules(estate, each, sink);
    if (each.template) templateRules(estate, each, sink);
  }
  keyRules(estate, sink);
  const secrets = vaultsOf(estate).map(({ id, name, project, source }) => ({
    id,
    name: `vault ${name}`,
    owner: project,
    system: "ansible",
    family: "ansible/secret-use",
    source,
  }));
  undeclaredUse(estate, secrets, sink);
}

/** Whoever decides what the job does decides what its run of the playbook does. */
function startRule({ by, label, task }: Runs, run: Run, sink: RuleSink): void {
  const source = task?.source ?? run.source;
  const change = `run ${run.playbook} from a job of the environment alone, with an inventory that holds no other`;
  sink.rule(
    ruleOf({
      family: "ansible/run",
      needs: [fact("control", by)],
      gives: fact("control", run.id),
      how: `${label} runs ${run.label}`,
      grants: [grant(by, { playbook: run.playbook, inventory: run.inventory.root }, { label: `${run.label} in ${label}`, change, source })],
      source,
    }),
  );
}

/**
 * "Become": tasks run as root, who decides everything on the host; without it they change what the remote user may (Ansible, "Understanding privilege
 * escalation: become").
 */
function runRules(estate: KnownEstate, run: Run, sink: RuleSink): void {
  const { inventory, source } = run;
  for (const { name, isRoot, play, because } of run.hosts) {
    const change = `take ${name} out of ${inventory.label}, or out of the hosts of ${play}`;
    sink.rule(
      ruleOf({
        family: "ansible/host",
        needs: [fact("control", run.id)],
        gives: fact(isRoot ? "control" : "write", hostId(run.project, name)),
        because,
        how: `${run.label} changes ${name}${isRoot ? " as root" : ""}`,
        grants: [grant(run.id, { host: name, play }, { label: `${play} on ${name}`, change, source })],
        source,
      }),
    );
  }
  for (const vault of run.vaults)
    sink.rule(
      ruleOf({
        family: "ansible/vault",
        needs: [fact("control", run.id)],
        gives: fact("read", vaultId(run.project, vault)),
        how: `${run.label} is given the password of vault ${vault}`,
        grants: [nature(run.id, `${run.label} decrypts with vault ${vault}`, source)],
        source,
      }),
    );
  for (const [index, why] of [...new Set(run.unknown)].entries()) {
    const gap = {
      topic: "ansible/target",
      subject: `${run.id}/${index}`,
      what: `hosts of ${run.label}`,
      why,
      clauses: ["A1", "P1"],
      source,
    };
    report(gap, sink);
    anyHost(
      estate,
      fact("control", run.id),
      gapId(gap),
      run.label,
      source,
      sink,
      new Set(run.hosts.map(({ name }) => hostId(run.project, name))),
    );
  }
  requirementRules(estate, run, sink);
}

/** Fetched by a name that can be moved, past every reviewer of the project. */
function requirementRules(estate: KnownEstate, run: Run, sink: RuleSink): void {
  for (const one of estate.observations("ansible/requirement")) {
    if (one.project !== run.project || !one.isMovable) continue;
    const id = requirementId(one.project, one.name);
    const change = `pin ${one.name} to ${one.what === "role" || one.git !== undefined ? "a full commit SHA" : "an exact version"}`;
    const grants = [
      grant(run.id, { requirement: one.name }, { label: `${one.what} ${one.name} of ${one.project}`, change, source: one.source }),
    ];
    const common = { family: "ansible/unreviewed-input", source: one.source };
    sink.rule(
      ruleOf({
        ...common,
        needs: [fact("write", id)],
        gives: fact("control", run.id),
        how: `${run.label} uses ${one.what} ${one.name}, which can be moved`,
        grants,
      }),
    );
    const repository = one.git === undefined ? undefined : githubRepository(one.git);
    const content = repository === undefined ? undefined : contentOf(estate, `github:${repository}`, one.version);
    if (content?.need)
      sink.rule(
        ruleOf({
          ...common,
          needs: [content.need],
          gives: fact("write", id),
          how: `${one.name} is ${content.what}`,
          grants: [nature(id, content.what, one.source)],
        }),
      );
  }
}

/** A host that the files do not name may be any of the estate. */
function anyHost(
  estate: KnownEstate,
  from: ReturnType<typeof fact>,
  because: string,
  what: string,
  source: Source,
  sink: RuleSink,
  known: ReadonlySet<string> = new Set(),
): void {
  const hosts: readonly Entity[] = [...estate.entities.values()].filter((entity) => entity.kind === "host" && !known.has(entity.id));
  for (const host of hosts)
    sink.rule(
      ruleOf({
        family: "ansible/unread",
        needs: [from],
        gives: fact("control", host.id),
        because,
        how: `${what} may change ${host.label}`,
        grants: [
          grant(from.entity, { unread: because }, { label: what, change: `collect what shows which hosts ${what} reaches`, source }),
        ],
        source,
      }),
    );
}

function unresolvedRules(estate: KnownEstate, { by, label, unresolved, task, template }: Runs, sink: RuleSink): void {
  const source = task?.source ?? template?.source ?? { file: "" };
  for (const [index, why] of unresolved.entries()) {
    const gap = {
      topic: "ansible/target",
      subject: `${by}/${index}`,
      what: `hosts that ${label} reaches`,
      why,
      clauses: ["A1", "P1"],
      source,
    };
    report(gap, sink);
    anyHost(estate, fact("control", by), gapId(gap), label, source, sink);
  }
}

/** AWX takes the playbook from a branch: whoever writes it decides what the template's runs do. */
function templateRules(estate: KnownEstate, { by, label, template }: Runs, sink: RuleSink): void {
  if (template === undefined) return;
  const { scm, source } = template;
  const repository = scm && githubRepository(scm.url);
  const content =
    repository === undefined ? undefined : contentOf(estate, `github:${repository}`, template.asks.includes("branch") ? "*" : scm?.branch);
  if (content?.need) {
    const how = `${label} runs what ${content.what} holds`;
    const change = `review every change to ${content.what}, and let no one who launches ${template.name} name another branch`;
    sink.rule(
      ruleOf({
        family: "ansible/template",
        needs: [content.need],
        gives: fact("control", by),
        because: content.because,
        how,
        grants: [grant(by, { scm }, { label, change, source })],
        source,
      }),
    );
    return;
  }
  const gap = {
    topic: "ansible/template-source",
    subject: templateId(template.organization, template.name),
    what: `who decides what ${label} runs`,
    why: scm === undefined ? "its project was not exported" : `${scm.url} was not collected`,
    clauses: ["A1", "A6", "P1", "P2"],
    source,
  };
  sink.gap(gap);
}

/** A private key opens every host that it is set for; whether a host can be reached from where the key is, is not in these files. */
function keyRules(estate: KnownEstate, sink: RuleSink): void {
  const done = new Set<string>();
  for (const { runs } of allRuns(estate))
    for (const run of runs)
      for (const { name } of run.hosts) {
        const file = run.inventory.connection(name).keyFile;
        if (file === undefined || file.includes("{{")) continue;
        const key = keyId(run.project, file);
        for (const other of run.inventory.all) {
          if (run.inventory.connection(other).keyFile !== file || done.has(`${run.id} ${other}`)) continue;
          done.add(`${run.id} ${other}`);
          sink.rule(
            ruleOf({
              family: "ansible/key",
              needs: [fact("control", run.id)],
              gives: fact("write", hostId(run.project, other)),
              because: `whether ${other} lets SSH in from where ${run.label} runs was not collected`,
              how: `${run.label} holds key ${file}, which opens ${other}`,
              grants: [
                grant(key, "key", {
                  label: `key ${file}`,
                  change: `give each environment a key of its own in place of ${file}`,
                  source: run.source,
                }),
              ],
              source: run.source,
            }),
          );
        }
      }
}
