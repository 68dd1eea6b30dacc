// The workspaces of HCP Terraform that configuration names: where it is applied, by whom, is that system's to tell.
import type { HclBlock, HclBody, HclExpression } from "../../../lib/hcl-tree.ts";
import type { TfcNamed } from "../../../model/observations/terraform-cloud.ts";
import type { TerraformSource } from "../../../model/observations/terraform.ts";

const blocks = (body: HclBody, type: string): readonly HclBlock[] => body.blocks.filter((block) => block.type === type);

function text(value: HclExpression | undefined): string | undefined {
  if (value?.is === "literal") return typeof value.value === "string" ? value.value : undefined;
  return value?.is === "template" && value.parts.length === 1 ? text(value.parts[0]) : undefined;
}

const attribute = (body: HclBody, name: string): string | undefined => text(body.attributes.find((one) => one.name === name)?.value);

/**
 * `terraform { cloud { organization = "acme"; workspaces { name = "shop" } } }`, and `backend "remote"` in the same form (Terraform, "Terraform settings",
 * cloud; "Backend type: remote"). Tags and prefixes mean several workspaces, which the configuration does not name.
 */
export function namedWorkspaces(sources: readonly TerraformSource[]): readonly TfcNamed[] {
  return sources.flatMap(({ body, source }) =>
    blocks(body, "terraform").flatMap((terraform) =>
      [...blocks(terraform.body, "cloud"), ...blocks(terraform.body, "backend").filter(({ labels }) => labels[0] === "remote")].flatMap(
        (block): readonly TfcNamed[] => {
          const organization = attribute(block.body, "organization");
          if (organization === undefined) return [];
          const named = blocks(block.body, "workspaces").map(({ body: inner }) => attribute(inner, "name"));
          const workspace = named.find((name) => name !== undefined);
          return [
            {
              kind: "terraform-cloud/named",
              organization,
              ...(workspace !== undefined && { workspace }),
              source: { file: source.file, line: block.line },
            },
          ];
        },
      ),
    ),
  );
}
