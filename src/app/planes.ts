// The planes that turn observations into rules, in the order in which they name entities.
import { ansiblePlane } from "../analyze/ansible/plane.ts";
import { gitopsPlane } from "../analyze/gitops/plane.ts";
import { identityPlane } from "../analyze/identity/plane.ts";
import { kubernetesPlane } from "../analyze/kubernetes/plane.ts";
import { networkPlane } from "../analyze/network/plane.ts";
import { pipelinePlane } from "../analyze/pipeline/plane.ts";
import type { Plane } from "../analyze/plane.ts";

export const planes: readonly Plane[] = [identityPlane, kubernetesPlane, pipelinePlane, ansiblePlane, gitopsPlane, networkPlane];
