// One file of a project's pipeline definition, before its includes are resolved. The collector joins the files; planes never see one.
import type { Json } from "../../lib/json.ts";
import type { Source } from "../source.ts";

export interface GitlabFile {
  readonly kind: "gitlab/file";
  readonly project: string;
  /** `.gitlab-ci.yml`, `ci/build.yml`. */
  readonly path: string;
  /** Members as written, secrets in scripts and variables replaced by fingerprints. `{"!reference": [...]}` stands for GitLab's tag. */
  readonly content: Readonly<Record<string, Json>>;
  /** `spec: inputs:` of the header: the defaults; null where the caller must give a value. */
  readonly inputs: Readonly<Record<string, string | null>>;
  /** Of the document that holds `content`. */
  readonly source: Source;
}
