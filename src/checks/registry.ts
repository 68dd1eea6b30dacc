// Every check, in the order in which they claim ways across: the specific before the general, so that each way is reported once.
import { check as accountHoldsSeveralEnvironments } from "./account-holds-several-environments/check.ts";
import { check as boundaryWeakerThanProfile } from "./boundary-weaker-than-profile/check.ts";
import { check as breakGlassUnproven } from "./break-glass-unproven/check.ts";
import { check as changeReachesHigherEnvironmentUnreviewed } from "./change-reaches-higher-environment-unreviewed/check.ts";
import type { Check } from "./check.ts";
import { check as clusterControllableFromBelow } from "./cluster-controllable-from-below/check.ts";
import { check as dataSharedWithLowerEnvironment } from "./data-shared-with-lower-environment/check.ts";
import { check as dataStoreServesTwoEnvironments } from "./data-store-serves-two-environments/check.ts";
import { check as dataStoreWithoutBackup } from "./data-store-without-backup/check.ts";
import { check as declaredGateUnguarded } from "./declared-gate-unguarded/check.ts";
import { check as entityInNoEnvironment } from "./entity-in-no-environment/check.ts";
import { check as environmentWithoutAccessRules } from "./environment-without-access-rules/check.ts";
import { check as gateOnlyDecorative } from "./gate-only-decorative/check.ts";
import { check as environmentWithoutLogging } from "./environment-without-logging/check.ts";
import { check as guardRemovableByOnePerson } from "./guard-removable-by-one-person/check.ts";
import { check as guardRemovableFromBelow } from "./guard-removable-from-below/check.ts";
import { check as higherEnvironmentWritableFromBelow } from "./higher-environment-writable-from-below/check.ts";
import { check as higherRoleAssumableFromBelow } from "./higher-role-assumable-from-below/check.ts";
import { check as instanceLacksPatches } from "./instance-lacks-patches/check.ts";
import { check as onlyATagSeparatesEnvironments } from "./only-a-tag-separates-environments/check.ts";
import { check as personDeploysPastThePipeline } from "./person-deploys-past-the-pipeline/check.ts";
import { check as personPassesGateAlone } from "./person-passes-gate-alone/check.ts";
import { check as personReachesProductionThroughLowerEnvironment } from "./person-reaches-production-through-lower-environment/check.ts";
import { check as personWritesProduction } from "./person-writes-production/check.ts";
import { check as productionAdministeredWithoutCustody } from "./production-administered-without-custody/check.ts";
import { check as productionArtifactRebuilt } from "./production-artifact-rebuilt/check.ts";
import { check as productionCredentialOutsideItsEnvironment } from "./production-credential-outside-its-environment/check.ts";
import { check as productionDataReadableFromBelow } from "./production-data-readable-from-below/check.ts";
import { check as productionDeployedWithoutLowerEnvironment } from "./production-deployed-without-lower-environment/check.ts";
import { check as productionDataUnmaskedBelow } from "./production-data-unmasked-below/check.ts";
import { check as productionDeployedUntested } from "./production-deployed-untested/check.ts";
import { check as productionWithoutRollback } from "./production-without-rollback/check.ts";
import { check as productionReachableOverTheNetworkFromBelow } from "./production-reachable-over-the-network-from-below/check.ts";
import { check as productionGrantNotUsed } from "./production-grant-not-used/check.ts";
import { check as productionJobTakesUnreviewedInput } from "./production-job-takes-unreviewed-input/check.ts";
import { check as roleTrustsUnreviewedJobs } from "./role-trusts-unreviewed-jobs/check.ts";
import { check as runnerSharedByEnvironments } from "./runner-shared-by-environments/check.ts";
import { check as secretValidInTwoEnvironments } from "./secret-valid-in-two-environments/check.ts";
import { check as automationCredentialOpensTwoEnvironments } from "./automation-credential-opens-two-environments/check.ts";
import { check as inventoryMixesEnvironments } from "./inventory-mixes-environments/check.ts";
import { check as approvalRuleCannotBeMet } from "./approval-rule-cannot-be-met/check.ts";
import { check as approverChangedWhatTheyApproved } from "./approver-changed-what-they-approved/check.ts";
import { check as autoPromotionIntoProduction } from "./auto-promotion-into-production/check.ts";
import { check as controllerDeploysToTwoEnvironments } from "./controller-deploys-to-two-environments/check.ts";
import { check as promotionSkipsLowerEnvironment } from "./promotion-skips-lower-environment/check.ts";
import { check as sourceDeployedWithoutReview } from "./source-deployed-without-review/check.ts";
import { check as environmentsShareClusterServices } from "./environments-share-cluster-services/check.ts";
import { check as environmentsShareNodes } from "./environments-share-nodes/check.ts";
import { check as leaverStillHasAccess } from "./leaver-still-has-access/check.ts";
import { check as maskingWithoutHandlingRecord } from "./masking-without-handling-record/check.ts";
import { check as moverKeepsFormerAccess } from "./mover-keeps-former-access/check.ts";
import { check as namespaceIsTheOnlyBoundary } from "./namespace-is-the-only-boundary/check.ts";
import { check as namespaceWithoutDefaultDeny } from "./namespace-without-default-deny/check.ts";
import { check as productionBaselineWeakerThanBelow } from "./production-baseline-weaker-than-below/check.ts";
import { check as productionImageNotRunBelow } from "./production-image-not-run-below/check.ts";
import { check as productionWithoutPodSecurity } from "./production-without-pod-security/check.ts";
import { check as undeclaredTestingInProduction } from "./undeclared-testing-in-production/check.ts";

export const checks: readonly Check[] = [
  secretValidInTwoEnvironments,
  dataStoreServesTwoEnvironments,
  guardRemovableFromBelow,
  dataSharedWithLowerEnvironment,
  runnerSharedByEnvironments,
  roleTrustsUnreviewedJobs,
  productionDataReadableFromBelow,
  higherRoleAssumableFromBelow,
  clusterControllableFromBelow,
  changeReachesHigherEnvironmentUnreviewed,
  sourceDeployedWithoutReview,
  higherEnvironmentWritableFromBelow,
  productionReachableOverTheNetworkFromBelow,
  guardRemovableByOnePerson,
  personPassesGateAlone,
  personReachesProductionThroughLowerEnvironment,
  personDeploysPastThePipeline,
  personWritesProduction,
  declaredGateUnguarded,
  gateOnlyDecorative,
  approverChangedWhatTheyApproved,
  approvalRuleCannotBeMet,
  productionDeployedWithoutLowerEnvironment,
  promotionSkipsLowerEnvironment,
  autoPromotionIntoProduction,
  productionArtifactRebuilt,
  productionDeployedUntested,
  productionWithoutRollback,
  undeclaredTestingInProduction,
  productionJobTakesUnreviewedInput,
  productionCredentialOutsideItsEnvironment,
  breakGlassUnproven,
  productionAdministeredWithoutCustody,
  productionGrantNotUsed,
  leaverStillHasAccess,
  moverKeepsFormerAccess,
  entityInNoEnvironment,
  environmentWithoutAccessRules,
  boundaryWeakerThanProfile,
  accountHoldsSeveralEnvironments,
  onlyATagSeparatesEnvironments,
  namespaceIsTheOnlyBoundary,
  environmentsShareNodes,
  environmentsShareClusterServices,
  controllerDeploysToTwoEnvironments,
  inventoryMixesEnvironments,
  automationCredentialOpensTwoEnvironments,
  namespaceWithoutDefaultDeny,
  productionImageNotRunBelow,
  productionWithoutPodSecurity,
  productionBaselineWeakerThanBelow,
  environmentWithoutLogging,
  instanceLacksPatches,
  dataStoreWithoutBackup,
  productionDataUnmaskedBelow,
  maskingWithoutHandlingRecord,
];
