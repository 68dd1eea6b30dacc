// For tests: the charter of a small shop, as text.
const environment = (name: string, tier: string): string =>
  `  - { name: ${name}, tier: ${tier}, purpose: The shop, owner: "group:ops", data: none, boundary: { kubernetes: [{ cluster: main, namespaces: [shop-${name}] }] } }\n`;

export const CHARTER_TEXT = `bulkhead: 1
organization: { name: acme }
environments:
${environment("development", "development")}${environment("test", "test")}${environment("production", "production")}people:
  - { id: ann, name: Ann, groups: [ops], identities: { github: [ann] } }
  - { id: ben, name: Ben, groups: [ops], identities: { github: [ben] } }
  - { id: dee, name: Dee, identities: { github: [dee] } }
promotion:
  - { from: development, to: test, approvals: 0 }
  - { from: test, to: production, approvals: 1, approvers: ["group:ops"] }
`;
