// Every collector, one line each: what is not here is not read.
import { collector as ansible } from "./ansible/collector.ts";
import { collector as atlantis } from "./atlantis/collector.ts";
import { collector as aws } from "./aws/collector.ts";
import { collector as azure } from "./azure/collector.ts";
import { collector as circleci } from "./circleci/collector.ts";
import type { Collector } from "./collector.ts";
import { collector as firewall } from "./firewall/collector.ts";
import { collector as github } from "./github/collector.ts";
import { collector as gitlab } from "./gitlab/collector.ts";
import { collector as identity } from "./identity/collector.ts";
import { collector as jenkins } from "./jenkins/collector.ts";
import { collector as kubernetes } from "./kubernetes/collector.ts";
import { collector as masking } from "./masking/collector.ts";
import { collector as tekton } from "./tekton/collector.ts";
import { collector as terraform } from "./terraform/collector.ts";
import { collector as terraformCloud } from "./terraform-cloud/collector.ts";

export const collectors: readonly Collector[] = [
  ansible,
  atlantis,
  aws,
  azure,
  circleci,
  firewall,
  github,
  gitlab,
  identity,
  jenkins,
  kubernetes,
  masking,
  tekton,
  terraform,
  terraformCloud,
];
