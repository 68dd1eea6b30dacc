// The least that a user has to be allowed for a live collection, as `--print-permissions` prints it.

/** Source: the plugins' and the Handbook's pages on permissions ("Access Control"; role-strategy; credentials; extended-read-permission). */
export const PERMISSIONS: readonly (readonly [permission: string, shows: string])[] = [
  ["Overall/Read", "that there is a controller, and its users"],
  ["Job/Read", "which folders and jobs there are"],
  ["Job/ExtendedRead", "settings of jobs and folders: where a pipeline comes from, triggers, who may do what there"],
  ["Credentials/View", "ids and types of credentials, of the controller and of folders"],
  ["Agent/ExtendedRead", "agents and their labels"],
  [
    "Overall/Administer",
    "configuration and roles; to do without, collect jenkins.yaml where the controller is configured from, and live with two denied calls",
  ],
];

export const permissionsText = (): string =>
  [
    "A user of its own with an API token, and these permissions:",
    "",
    ...PERMISSIONS.map(([permission, shows]) => `  ${permission.padEnd(22)}${shows}`),
    "",
    "Job/ExtendedRead and Agent/ExtendedRead come with the plugin extended-read-permission. Nothing is changed, whatever the user may do: the",
    "export of the configuration is asked for by POST, since Jenkins shows it so, and takes no body.",
    "",
  ].join("\n");
