// The AWS half of the estate: one folder an account, and one for the organization.
import { openFolder } from "../folder.ts";
import type { Files } from "../folder.ts";
import { ACCOUNTS, CLUSTERS, ISSUER } from "../names.ts";
import type { AccountName } from "../names.ts";
import { writeNetwork } from "../network/write.ts";
import { awsDate, hex } from "../pseudo.ts";
import { developmentIam } from "./development.ts";
import { writeEks } from "./eks.ts";
import { writeOrganization } from "./organization.ts";
import { authorizationDetails, getRole } from "./principals.ts";
import type { IamSpec } from "./principals.ts";
import { productionIam } from "./production.ts";
import { writeResources } from "./resources.ts";
import { toolingIam } from "./tooling.ts";
import { writeUpkeep } from "./upkeep.ts";

function writeAccount(files: Files, iam: IamSpec, fixed: boolean): void {
  const id = ACCOUNTS[iam.account];
  const by = `arn:aws:sts::${id}:assumed-role/bulkhead-collector/nightly`;
  const folder = openFolder(files, `estate/aws/${id}`, { system: "aws", account: id }, by, 4);
  folder.answer("aws iam get-account-authorization-details", "authorization-details.json", authorizationDetails(iam));
  for (const role of iam.roles.filter((spec) => spec.maxSessionSeconds !== undefined)) {
    folder.answer(`aws iam get-role --role-name ${role.name}`, `iam/${role.name}/get-role.json`, getRole(iam.account, role));
  }
  const urls = ["token.actions.githubusercontent.com", ...CLUSTERS.filter((name) => name === iam.account).map((name) => ISSUER[name])];
  const arnOf = (url: string): string => `arn:aws:iam::${id}:oidc-provider/${url}`;
  folder.answer("aws iam list-open-id-connect-providers", "iam/list-open-id-connect-providers.json", {
    OpenIDConnectProviderList: urls.map((url) => ({ Arn: arnOf(url) })),
  });
  for (const url of urls) {
    const file = `iam/${url.split("/")[0]}/get-open-id-connect-provider.json`;
    folder.answer(`aws iam get-open-id-connect-provider --open-id-connect-provider-arn ${arnOf(url)}`, file, {
      Url: url,
      ClientIDList: ["sts.amazonaws.com"],
      ThumbprintList: [hex(url, 40)],
      CreateDate: awsDate(arnOf(url)),
    });
  }
  writeResources(folder, iam.account);
  writeNetwork(folder, iam.account, fixed);
  writeUpkeep(folder, iam.account);
  if (iam.account !== "tooling") writeEks(folder, iam.account);
  folder.close();
}

export function writeAws(files: Files, fixed: boolean): void {
  const accounts: Readonly<Record<AccountName, IamSpec>> = {
    production: productionIam(fixed),
    development: developmentIam,
    tooling: toolingIam(fixed),
  };
  for (const iam of Object.values(accounts)) writeAccount(files, iam, fixed);
  writeOrganization(files);
}
