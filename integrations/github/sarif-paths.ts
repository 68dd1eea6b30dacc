// Paths of findings as code scanning wants them: from the root of the repository, not from the folder that was checked.

/**
 * Puts `folder` before every path that is relative to the folder that was checked. Other locations stay as they are.
 *
 * Source: SARIF 2.1.0 section 3.4.3, uri; GitHub Docs, "SARIF support for code scanning", relative URIs.
 */
export function below(sarif: string, folder: string): string {
  if (folder === "" || folder === ".") return sarif;
  const prefix = folder.split("/").map(encodeURIComponent).join("/");
  const moved: unknown = JSON.parse(sarif, (_, value: unknown) =>
    isLocation(value) && value.uriBaseId === "%SRCROOT%" ? { ...value, uri: `${prefix}/${value.uri}` } : value,
  );
  return `${JSON.stringify(moved, undefined, 2)}\n`;
}

const isLocation = (value: unknown): value is { readonly uri: string; readonly uriBaseId: string } =>
  typeof value === "object" && value !== null && "uri" in value && typeof value.uri === "string" && "uriBaseId" in value;
