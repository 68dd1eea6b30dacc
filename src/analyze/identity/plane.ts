// The identity plane: AWS observations to entities and rules. Who can act as which role, and what that lets them do.
import type { KnownEstate, Plane } from "../plane.ts";
import type { RuleSink } from "../../model/rule.ts";
import { accessRules } from "./access.ts";
import { accountOwnerRules, administerRules } from "./administer.ts";
import { assumeRoleRules } from "./assume-role.ts";
import { clusterRules } from "./clusters.ts";
import { copyRules } from "./copies.ts";
import { credentialRules } from "./credentials.ts";
import { emission } from "./emission.ts";
import { entities } from "./entities.ts";
import { escalationRules } from "./escalate.ts";
import { awsEstate } from "./estate.ts";
import { gapRules, unmappedRoles } from "./gaps.ts";
import { guardRules } from "./guards.ts";
import { identityCenterChangeRules } from "./identity-center-change.ts";
import { identityCenterRules } from "./identity-center-rules.ts";
import { otherWriteRules } from "./other-write.ts";
import { samlRules } from "./saml.ts";
import { webIdentityRules } from "./web-identity.ts";
import { podIdentityRules, workloadRules } from "./workloads.ts";

function rules(known: KnownEstate, sink: RuleSink): void {
  const aws = awsEstate(known);
  const out = emission();
  assumeRoleRules(aws, known, out);
  webIdentityRules(aws, known, out);
  samlRules(aws, out);
  workloadRules(aws, out);
  podIdentityRules(aws, out);
  const administrators = administerRules(aws, out);
  escalationRules(aws, administrators, out);
  accessRules(aws, administrators, out);
  copyRules(aws, out);
  otherWriteRules(aws, administrators, out);
  identityCenterRules(aws, known, out, sink);
  identityCenterChangeRules(aws, administrators, out);
  clusterRules(aws, administrators, out);
  guardRules(aws, administrators, out);
  accountOwnerRules(aws, known, out);
  credentialRules(known, out);
  gapRules(aws, known, out, sink);
  unmappedRoles(aws, sink);
  out.flush(sink);
}

export const identityPlane: Plane = { name: "identity", entities, rules };
