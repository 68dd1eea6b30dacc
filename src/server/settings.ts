// A server's settings: how people and pipelines come in, which forges ask, whom to tell. One document, without a secret in it.
import type { z } from "zod";
import { SignInConfiguration } from "./auth/configuration.ts";
import { GithubApp, GitlabApprovals } from "./forges/configuration.ts";
import { Notifications } from "./notify/configuration.ts";

export const Settings = SignInConfiguration.extend({
  githubApp: GithubApp.optional().describe("A GitHub App that is a custom deployment protection rule."),
  gitlab: GitlabApprovals.optional().describe("GitLab's deployment approvals."),
  notifications: Notifications.prefault({}).describe("Whom to tell what happens at the gate."),
});
export type Settings = z.infer<typeof Settings>;
