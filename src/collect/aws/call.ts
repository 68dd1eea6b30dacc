// Which AWS CLI call a file answers: from its manifest, else from a one-file-per-call folder's own naming.
import type { ParsedFile } from "../collector.ts";

export interface CliCall {
  /** As the CLI names it: `iam`, `s3api`. */
  readonly service: string;
  /** `get-bucket-policy`. */
  readonly operation: string;
  /** `--bucket acme-exports` → `bucket`; the first value only. */
  readonly flags: Readonly<Record<string, string>>;
  /** For a one-file-per-call folder: the one argument, decoded from the file's name. */
  readonly argument?: string;
}

/** Splits a command line at white space; quotes group, as in a POSIX shell, without any expansion. */
function words(line: string): readonly string[] {
  const found = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return found.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ""));
}

// Global options of the CLI that take no value (AWS CLI Command Reference, "Global options").
const BARE = /^--(no-[a-z0-9-]+|debug)$/;

/** `aws [options] SERVICE OPERATION --flag value …`; undefined when the text is no such call. */
export function parseCall(line: string): CliCall | undefined {
  const [program, ...rest] = words(line);
  if (program !== "aws") return undefined;
  const flags: Record<string, string> = {};
  const names: string[] = [];
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] as string;
    const next = rest[i + 1];
    if (!word.startsWith("--")) names.push(word);
    else if (word.includes("=")) flags[word.slice(2, word.indexOf("="))] = word.slice(word.indexOf("=") + 1);
    else if (!BARE.test(word) && next !== undefined && !next.startsWith("--")) {
      flags[word.slice(2)] = next;
      i++;
    }
  }
  const [service, operation] = names;
  return service && operation ? { service, operation, flags } : undefined;
}

const SERVICES = [
  "iam",
  "organizations",
  "s3api",
  "s3",
  "kms",
  "secretsmanager",
  "sqs",
  "sns",
  "ecr",
  "lambda",
  "rds",
  "ec2",
  "elbv2",
  "eks",
  "sso-admin",
  "identitystore",
  "ram",
  "cloudtrail",
  "guardduty",
  "configservice",
  "backup",
  "ssm",
];
const FOLDER = new RegExp(`^(${SERVICES.join("|")})-((?:get|list|describe)-[a-z0-9-]+?)(?:\\.(?:json|ya?ml))?$`);

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * The call a file answers. Without a manifest, folders written one file per call (`…/s3-get-bucket-policy/BUCKET`, as CloudMapper's `collect`
 * does) name the call in the folder and its one argument, percent-encoded, in the file's name.
 */
export function callOf(file: ParsedFile): CliCall | undefined {
  if (file.call !== undefined) return parseCall(file.call);
  const parts = file.path.split("/");
  for (let i = parts.length - 1; i >= 0; i--) {
    const match = FOLDER.exec(parts[i] as string);
    if (!match) continue;
    const service = match[1] === "s3" ? "s3api" : (match[1] as string);
    const rest = parts.slice(i + 1).map(decoded);
    const call = { service, operation: match[2] as string, flags: {} };
    return rest.length > 0 ? { ...call, argument: rest.join("/") } : call;
  }
  return undefined;
}
