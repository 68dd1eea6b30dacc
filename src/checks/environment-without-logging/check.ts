// Clause S4: what is done in an environment's account is not logged, or nothing that was read watches it.
import { environmentsByAccount } from "../../analyze/domains.ts";
import type { Estate } from "../../analyze/estate.ts";
import type { ObservationOf } from "../../model/observation.ts";
import type { Check, Found } from "../check.ts";

const TOPIC = "aws/monitoring";

export const check: Check = {
  id: "environment-without-logging",
  clause: "S4",
  severity: "medium",
  title: "An environment is not logged",
  remediation:
    "Log every account by one trail of the organization, kept in an account that no environment reaches, and watch each by GuardDuty.",
  evaluate: ({ estate }) => {
    const absent = estate.charter.absent[TOPIC];
    if (absent !== undefined) return { notApplicable: absent };
    const accounts = [...environmentsByAccount(estate)].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const seen = new Set(accounts.flatMap(([, names]) => [...names]));
    const answers = accounts.map(([account, names]) => answerOf(estate, account, [...names].toSorted()));
    return {
      findings: answers.flatMap(({ found }) => found ?? []),
      unknown: [
        ...answers.flatMap(({ unknown }) => unknown ?? []),
        ...estate.charter.environments
          .filter(({ name }) => !seen.has(name))
          .map(({ name }) => `nothing that was read tells how ${name} is logged`),
      ],
    };
  },
};

interface Answer {
  readonly found?: Found;
  readonly unknown?: string;
}

function answerOf(estate: Estate, account: string, names: readonly string[]): Answer {
  const where = `account ${account} (${names.join(", ")})`;
  const trails = estate.observations("aws/trail").filter((trail) => covers(estate, trail, account));
  const wasRead = (of: ObservationOf<"aws/upkeep-read">["of"]): boolean =>
    estate.observations("aws/upkeep-read").some((read) => read.account === account && read.of === of);
  if (!trails.some(logs)) {
    if (!wasRead("trails")) return { unknown: `trails of ${where} were not read` };
    const open = trails.find(({ isLogging, logsWrites }) => isLogging !== false && logsWrites !== false);
    if (open) return { unknown: `whether trail ${open.arn} logs what is done in ${where} was not read` };
    return { found: unlogged(estate, account, names, trails[0]) };
  }
  if (estate.observations("aws/watch").some((watch) => watch.account === account && watch.isOn === true)) return {};
  const unread = [wasRead("guardduty") ? [] : "GuardDuty", wasRead("config") ? [] : "AWS Config"].flat();
  if (unread.length > 0) return { unknown: `what watches ${where} was not read: ${unread.join(" and ")}` };
  return { unknown: `neither GuardDuty nor AWS Config watches ${where}; what else does is not known` };
}

const logs = ({ isLogging, logsWrites }: ObservationOf<"aws/trail">): boolean => isLogging === true && logsWrites === true;

const ownerOf = (arn: string): string | undefined => arn.split(":")[4];

/** An organization's trail logs each of its accounts (CloudTrail User Guide, "Creating a trail for an organization"). */
function covers(estate: Estate, trail: ObservationOf<"aws/trail">, account: string): boolean {
  const owner = ownerOf(trail.arn);
  if (owner === account) return true;
  if (!trail.isOrganization) return false;
  const members = new Set(estate.observations("aws/account").map((member) => member.account));
  const management = estate.observations("aws/organization").map(({ managementAccount }) => managementAccount);
  return (
    owner !== undefined && (members.has(account) || management.includes(account)) && (members.has(owner) || management.includes(owner))
  );
}

function unlogged(estate: Estate, account: string, names: readonly string[], trail: ObservationOf<"aws/trail"> | undefined): Found {
  const root = `arn:aws:iam::${account}:root`;
  const why =
    trail === undefined
      ? "no trail logs"
      : trail.isLogging === false
        ? "the trail that would log is stopped: nothing logs"
        : "no trail logs changes to";
  const source =
    trail?.source ?? estate.observations("aws/upkeep-read").find((read) => read.account === account && read.of === "trails")?.source;
  return {
    verdict: "violated",
    summary: `${why.charAt(0).toUpperCase()}${why.slice(1)} account ${account}, where ${names.join(" and ")} ${names.length === 1 ? "stands" : "stand"}`,
    from: root,
    to: root,
    ...(names[0] !== undefined && { toEnvironment: names[0] }),
    grant: `${root}#logging`,
    count: names.length,
    change: [`log account ${account} by a trail with management events, reads and writes`],
    ...(source && { source }),
  };
}
