// The thirty people of the example, their teams, and the accounts and permission sets each of them holds.
import { ACCOUNTS, ssoRoleArn } from "./names.ts";
import type { AccountName } from "./names.ts";

export type Team = "platform" | "shop" | "payments" | "web" | "data" | "security" | "support";
export const TEAMS: readonly Team[] = ["platform", "shop", "payments", "web", "data", "security", "support"];

interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly team: Team;
  readonly country: string;
  readonly employer?: string;
  /** The two custodians keep out of the teams' daily work: no write access to a repository through a team. */
  readonly custodian?: true;
}

export const PEOPLE: readonly PersonRow[] = [
  { id: "ines", name: "Inês Carvalho", team: "platform", country: "PT", custodian: true },
  { id: "tomas", name: "Tomáš Novák", team: "platform", country: "CZ", custodian: true },
  { id: "amara", name: "Amara Okafor", team: "platform", country: "IE" },
  { id: "jonas", name: "Jonas Weber", team: "platform", country: "DE" },
  { id: "li-wei", name: "Li Wei", team: "platform", country: "IE" },
  { id: "petra", name: "Petra Horvat", team: "platform", country: "HR" },
  { id: "maya", name: "Maya Lindqvist", team: "shop", country: "SE" },
  { id: "daniel", name: "Daniel Mensah", team: "shop", country: "IE" },
  { id: "sofia", name: "Sofia Rossi", team: "shop", country: "IT" },
  { id: "kwame", name: "Kwame Boateng", team: "shop", country: "IE" },
  { id: "elena", name: "Elena Petrova", team: "shop", country: "BG" },
  { id: "ravi", name: "Ravi Nair", team: "shop", country: "IE" },
  { id: "victor", name: "Victor Lemaire", team: "payments", country: "FR" },
  { id: "aisha", name: "Aisha Rahman", team: "payments", country: "IE" },
  { id: "bruno", name: "Bruno Silva", team: "payments", country: "PT" },
  { id: "mei", name: "Mei Tanaka", team: "payments", country: "IE" },
  { id: "olga", name: "Olga Kowalska", team: "payments", country: "PL" },
  { id: "lucas", name: "Lucas Moreau", team: "web", country: "FR" },
  { id: "nadia", name: "Nadia Haddad", team: "web", country: "FR" },
  { id: "finn", name: "Finn O'Brien", team: "web", country: "IE" },
  { id: "alex", name: "Alex Reed", team: "web", country: "GB", employer: "Nordwind Consulting" },
  { id: "priya", name: "Priya Iyer", team: "data", country: "IE" },
  { id: "marco", name: "Marco Bianchi", team: "data", country: "IT" },
  { id: "yuki", name: "Yuki Sato", team: "data", country: "IE" },
  { id: "sam", name: "Sam Fischer", team: "data", country: "DE" },
  { id: "noor", name: "Noor van Dijk", team: "security", country: "NL" },
  { id: "henrik", name: "Henrik Larsen", team: "security", country: "DK" },
  { id: "carla", name: "Carla Jiménez", team: "support", country: "ES" },
  { id: "dmitri", name: "Dmitri Volkov", team: "support", country: "EE" },
  { id: "fatima", name: "Fatima Zahra", team: "support", country: "FR" },
];

/** Their number in the personnel file. */
export const employeeId = (person: PersonRow): string => String(1001 + PEOPLE.indexOf(person));

/** A machine account that comments on pull requests with the preview's address. It may read, so its approval counts for nothing. */
export const BOT = "acme-preview-bot";

export const login = (person: string): string => `${person}-acme`;

export const membersOf = (team: Team): readonly string[] =>
  PEOPLE.filter((person) => person.team === team && !person.custodian).map((person) => person.id);

/** Which permission set a team has in which account. Every team but support and web builds in development; nobody writes production. */
const PERMISSION_SETS: Readonly<Record<Team, readonly (readonly [AccountName, string])[]>> = {
  platform: [
    ["production", "ReadOnly"],
    ["development", "PlatformAdministrator"],
    ["tooling", "ReadOnly"],
  ],
  shop: [
    ["production", "ReadOnly"],
    ["development", "Developer"],
  ],
  payments: [
    ["production", "ReadOnly"],
    ["development", "Developer"],
  ],
  web: [["development", "Developer"]],
  data: [
    ["production", "ReadOnly"],
    ["development", "Developer"],
  ],
  security: [
    ["production", "SecurityAudit"],
    ["development", "SecurityAudit"],
    ["development", "Developer"],
    ["tooling", "OrganizationAudit"],
  ],
  support: [
    ["production", "SupportReadOnly"],
    ["development", "ReadOnly"],
  ],
};

/** Two people may use break-glass, each with an IAM user of the management account that has a hardware key and no access key. */
export const BREAK_GLASS_USERS: Readonly<Record<string, string>> = {
  amara: `arn:aws:iam::${ACCOUNTS.tooling}:user/emergency/emergency-1`,
  henrik: `arn:aws:iam::${ACCOUNTS.tooling}:user/emergency/emergency-2`,
};

/** ARNs of the roles and users that a person can sign in to. */
export function awsIdentities(person: PersonRow): readonly string[] {
  if (person.id === "tomas") return [ssoRoleArn("tooling", "AWSAdministratorAccess"), ssoRoleArn("production", "ReadOnly")];
  if (person.id === "ines") return [ssoRoleArn("production", "ReadOnly")];
  const sets = PERMISSION_SETS[person.team].map(([account, set]) => ssoRoleArn(account, set));
  const user = BREAK_GLASS_USERS[person.id];
  return user === undefined ? sets : [...sets, user];
}
