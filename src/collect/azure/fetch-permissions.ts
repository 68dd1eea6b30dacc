// The least that a token has to be allowed for a live collection, as `--print-permissions` prints it.

/** Source: REST API reference 7.1, "Scopes" of each operation; Azure DevOps, "OAuth 2.0", Available scopes. */
export const SCOPES: readonly (readonly [name: string, scope: string, shows: string])[] = [
  ["Project and Team (Read)", "vso.project", "projects"],
  ["Code (Read)", "vso.code", "repositories, branch policies, definitions and templates"],
  ["Build (Read)", "vso.build", "pipelines, their settings, environments, runs, deployments"],
  ["Service Connections (Read)", "vso.serviceendpoint", "service connections; what they hold is left out"],
  ["Variable Groups (Read)", "vso.variablegroups_read", "variable groups; values are left out"],
  ["Agent Pools (Read)", "vso.agentpools", "agent queues"],
  [
    "Pipeline Resources (Use)",
    "vso.pipelineresources_use",
    "checks, and which pipelines may use a resource; it may approve too, there is no reading half",
  ],
  ["Graph (Read)", "vso.graph", "users, groups and who is in them"],
  ["Identity (Read)", "vso.identity", "whom access lists mean"],
  ["Security (Manage)", "vso.security_manage", "access lists; it may change them too, there is no reading half; without it they are a gap"],
];

export const permissionsText = (): string =>
  [
    "A personal access token of a user in Project Readers (better, in Project Administrators: checks are shown to those who administer a",
    "resource), or a token of Microsoft Entra ID (az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798), with:",
    "",
    ...SCOPES.map(([name, scope, shows]) => `  ${name.padEnd(28)}${scope.padEnd(28)}${shows}`),
    "",
    "Nothing is written, whatever the token may do.",
    "",
  ].join("\n");
