// `ansible-playbook` in the script of a job, or in an action for it → which playbooks, with which inventory, limited to what.
import type { Action } from "../pipeline/model/task.ts";

export interface Command {
  readonly playbooks: readonly string[];
  readonly inventories: readonly string[];
  readonly limits: readonly string[];
  readonly become: boolean;
  readonly keyFile?: string;
  /** `id@file`, or a file for the default one. */
  readonly vaults: readonly { readonly id: string; readonly from: string }[];
  readonly text: string;
}

/** Options with a value of their own (ansible-playbook --help); all others stand alone. */
const VALUED: ReadonlySet<string> = new Set(
  (
    "-i --inventory --inventory-file -l --limit -e --extra-vars -u --user --private-key --key-file --vault-id --vault-password-file --vault-pass-file -t --tags " +
    "--skip-tags -f --forks -c --connection -T --timeout -M --module-path --become-user --become-method --start-at-task --ssh-common-args --ssh-extra-args " +
    "--sftp-extra-args --scp-extra-args --become-password-file --become-pass-file --connection-password-file --conn-pass-file"
  ).split(" "),
);

/** They change nothing: a dry run, a check of the syntax, a list. */
const CHANGES_NOTHING = /\s(?:--check|-[vDbKk]*C[vDbKk]*|--syntax-check|--list-(?:hosts|tasks|tags)|--version|--help)(?:\s|$)/;

const WORD = /"((?:[^"\\]|\\.)*)"|'([^']*)'|(\$\{\{.*?\}\}|[^\s"']+)/gs;

function words(text: string): readonly string[] {
  const found: string[] = [];
  let end = -1;
  for (const match of text.matchAll(WORD)) {
    const word = match[1] ?? match[2] ?? match[3] ?? "";
    if (match.index === end && found.length > 0) found.push((found.pop() as string) + word);
    else found.push(word);
    end = match.index + match[0].length;
  }
  return found;
}

/** Commands begin at a line or after what joins commands, and end there; a backslash at the end of a line goes on. */
function commandsIn(text: string): readonly string[] {
  return text
    .replaceAll(/\\\r?\n/g, " ")
    .split(/\n|;|&&|\|\|?/)
    .flatMap((line) => {
      const found =
        /^\s*(?:(?:do|then|else|sudo|exec|time|uv run|poetry run|pipenv run)\s+)*((?:\w+=\S*\s+)*)(?:[\w./-]*\/)?ansible-playbook(\s.*)$/.exec(
          line,
        );
      return found ? [`${found[1]}\u0000${found[2]}`] : [];
    });
}

const vaultOf = (written: string): Command["vaults"][number] => {
  const at = written.indexOf("@");
  return at > 0 ? { id: written.slice(0, at), from: written.slice(at + 1) } : { id: "default", from: written };
};

function read(text: string, settings: string): Command | undefined {
  if (CHANGES_NOTHING.test(text)) return undefined;
  const options: [string, string][] = [];
  const playbooks: string[] = [];
  const all = words(text);
  let become = false;
  for (let i = 0; i < all.length; i++) {
    const word = all[i] as string;
    const long = /^(--[\w-]+)=(.*)$/s.exec(word) ?? /^(-[ile])(.+)$/s.exec(word);
    if (long) options.push([long[1] as string, long[2] as string]);
    else if (VALUED.has(word)) options.push([word, all[++i] ?? ""]);
    else if (word === "-b" || word === "--become") become = true;
    else if (!word.startsWith("-") && !/^[<>\d]/.test(word)) playbooks.push(word);
  }
  const of = (...names: readonly string[]): readonly string[] => options.flatMap(([name, value]) => (names.includes(name) ? [value] : []));
  const setting = (name: string): readonly string[] => [
    ...new Set([...settings.matchAll(new RegExp(`\\b${name}=(\\S+)`, "g"))].map((match) => match[1] as string)),
  ];
  const [keyFile] = [...of("--private-key", "--key-file"), ...setting("ANSIBLE_PRIVATE_KEY_FILE")];
  const inventories = of("-i", "--inventory", "--inventory-file");
  return {
    playbooks,
    inventories: inventories.length > 0 ? inventories : setting("ANSIBLE_INVENTORY"),
    limits: of("-l", "--limit"),
    become,
    ...(keyFile !== undefined && { keyFile }),
    vaults: [
      ...of("--vault-id").map(vaultOf),
      ...[...of("--vault-password-file", "--vault-pass-file"), ...setting("ANSIBLE_VAULT_PASSWORD_FILE")].map((from) => ({
        id: "default",
        from,
      })),
    ],
    text: `ansible-playbook${text}`.replaceAll(/\s+/g, " ").trim(),
  };
}

/** Actions that run one: their inputs are those of the command. */
const ACTION =
  /^(?:dawidd6\/action-ansible-playbook|arillso\/action\.playbook|ansible\/action-playbook|cloud-infra\/.*ansible.*playbook)@/i;

export function commandsOf(action: Action): readonly Command[] {
  if (action.uses !== undefined && ACTION.test(action.uses)) {
    const { playbook = "", options = "", inventory, limit } = action.with;
    // An inventory in the workflow itself is text with hosts, and no path.
    const more = `${inventory !== undefined && !inventory.includes("\n") ? ` -i ${inventory}` : ""}${limit === undefined ? "" : ` -l ${limit}`}`;
    return [read(` ${playbook} ${options}${more}`.replaceAll(/\\?\r?\n/g, " "), "") ?? []].flat();
  }
  return commandsIn(action.text).flatMap((found) => {
    const [before = "", text = ""] = found.split("\u0000");
    // Variables of the step's environment stand beside the script.
    return read(text, `${before} ${action.text.slice(0, 20_000)}`) ?? [];
  });
}
