// Pieces that the GitLab collector reads from single answers and joins once every file is mapped.
import type { Source } from "../source.ts";

/** A piece that means something only beside others; planes never see one. */
export type GitlabPart = { readonly kind: "gitlab/part"; readonly source: Source } & (
  | {
      readonly part: "page";
      readonly what: string;
      readonly topic: string;
      /** Path of the project or group. */
      readonly of: string;
      /** What tells one question from another. */
      readonly asked: string;
      readonly page: number;
      readonly isFull: boolean;
    }
  /** A file that a pattern of an include may mean. */
  | { readonly part: "file-listed"; readonly project: string; readonly path: string }
  /** The least recent entry of a page of deployments. */
  | { readonly part: "oldest"; readonly project: string; readonly at: string }
  /** A group lists it. */
  | { readonly part: "project-listed"; readonly project: string; readonly archived: boolean }
  /** What only the runner itself tells. */
  | {
      readonly part: "runner";
      readonly id: number;
      readonly tags: readonly string[];
      readonly protectedOnly?: boolean;
      readonly untagged?: boolean;
    }
);
