// Roles that IAM Identity Center keeps in each account that a permission set is provisioned in.

/** With the region of the instance as a further folder, where it is not us-east-1 (IAM Identity Center User Guide, "Referencing permission sets"). */
export const RESERVED_PATH = "/aws-reserved/sso.amazonaws.com/";

interface Named {
  readonly path: string;
  readonly name: string;
}

export const isReservedRole = (role: Named): boolean => role.path.startsWith(RESERVED_PATH);

/** `AWSReservedSSO_SET_` and sixteen hexadecimal digits; AWS refuses such paths to everybody else. */
export const isReservedRoleOf = (role: Named, permissionSet: string): boolean => {
  const prefix = `AWSReservedSSO_${permissionSet}_`;
  return isReservedRole(role) && role.name.startsWith(prefix) && /^[0-9a-f]{16}$/.test(role.name.slice(prefix.length));
};
