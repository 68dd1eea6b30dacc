// The canonical ids of what Ansible names.

export const hostId = (project: string, name: string): string => `host:${project}/${name}`;
export const vaultId = (project: string, id: string): string => `ansible:${project}#vault/${id}`;
export const keyId = (project: string, file: string): string => `ansible:${project}#key/${file}`;
export const runId = (project: string, playbook: string, inventory: string): string => `ansible:${project}/${playbook}#run/${inventory}`;
export const requirementId = (project: string, name: string): string => `ansible:${project}#requirement/${name}`;
export const templateId = (organization: string, name: string): string => `awx:${organization}/${name}`;
export const awxCredentialId = (organization: string, name: string): string => `awx:${organization}#credential/${name}`;
