// How each account is looked after: one trail of the organization, a detector and a recorder in each, backups, and patched machines.
import type { Folder } from "../folder.ts";
import { ACCOUNTS, REGION, type AccountName } from "../names.ts";
import { interfacesOf } from "../network/describe.ts";
import { idOf } from "../network/plan.ts";
import { awsDate, hex } from "../pseudo.ts";

const HERE = `--region ${REGION}`;

const TRAIL = `arn:aws:cloudtrail:${REGION}:${ACCOUNTS.tooling}:trail/acme-organization`;

/** The management account's trail shows in every account, and only its owner can ask how it fares. */
function writeTrail(folder: Folder, account: AccountName): void {
  folder.answer(`aws cloudtrail describe-trails ${HERE}`, "cloudtrail/describe-trails.json", {
    trailList: [
      {
        Name: "acme-organization",
        S3BucketName: "acme-log-archive",
        IncludeGlobalServiceEvents: true,
        IsMultiRegionTrail: true,
        HomeRegion: REGION,
        TrailARN: TRAIL,
        LogFileValidationEnabled: true,
        HasCustomEventSelectors: true,
        HasInsightSelectors: false,
        IsOrganizationTrail: true,
      },
    ],
  });
  if (account !== "tooling") return;
  folder.answer(`aws cloudtrail get-trail-status --name ${TRAIL} ${HERE}`, "cloudtrail/acme-organization/get-trail-status.json", {
    IsLogging: true,
    LatestDeliveryTime: awsDate("trail/delivery"),
    StartLoggingTime: awsDate("trail/start"),
  });
  folder.answer(
    `aws cloudtrail get-event-selectors --trail-name ${TRAIL} ${HERE}`,
    "cloudtrail/acme-organization/get-event-selectors.json",
    {
      TrailARN: TRAIL,
      EventSelectors: [{ ReadWriteType: "All", IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] }],
    },
  );
}

function writeWatches(folder: Folder, account: AccountName): void {
  const detector = hex(`detector/${account}`, 32);
  folder.answer(`aws guardduty list-detectors ${HERE}`, "guardduty/list-detectors.json", { DetectorIds: [detector] });
  folder.answer(`aws guardduty get-detector --detector-id ${detector} ${HERE}`, `guardduty/${detector}/get-detector.json`, {
    CreatedAt: awsDate(`detector/${account}`),
    FindingPublishingFrequency: "FIFTEEN_MINUTES",
    ServiceRole: `arn:aws:iam::${ACCOUNTS[account]}:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty`,
    Status: "ENABLED",
    UpdatedAt: awsDate(`detector/${account}/updated`),
  });
}

function writePatches(folder: Folder, account: AccountName): void {
  const ids = interfacesOf(account)
    .filter(({ type }) => type === "instance")
    .map(({ name }) => idOf("i", name));
  folder.answer(
    `aws ssm describe-instance-patch-states --instance-ids ${ids.join(" ")} ${HERE}`,
    "ssm/describe-instance-patch-states.json",
    {
      InstancePatchStates: ids.map((InstanceId) => ({
        InstanceId,
        PatchGroup: account,
        BaselineId: `pb-0${hex("patch-baseline", 16)}`,
        InstalledCount: 142,
        InstalledOtherCount: 11,
        MissingCount: 0,
        FailedCount: 0,
        NotApplicableCount: 230,
        OperationStartTime: awsDate(`patch/${InstanceId}`),
        OperationEndTime: awsDate(`patch/${InstanceId}`),
        Operation: "Install",
      })),
    },
  );
}

export function writeUpkeep(folder: Folder, account: AccountName): void {
  writeTrail(folder, account);
  writeWatches(folder, account);
  writePatches(folder, account);
  const Results =
    account === "production" ? [{ ResourceArn: database(account), ResourceType: "RDS", LastBackupTime: awsDate("backup") }] : [];
  folder.answer(`aws backup list-protected-resources ${HERE}`, "backup/list-protected-resources.json", { Results });
}

const database = (account: AccountName): string => `arn:aws:rds:${REGION}:${ACCOUNTS[account]}:db:acme-${account}`;
