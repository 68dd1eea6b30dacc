// Which clause answers which requirement of which framework. Checks know nothing of this table.

/** Requirement ids by clause. Sources: ISO/IEC 27001:2022 Annex A; NIST SP 800-53 Rev. 5; PCI DSS v4.0; AICPA TSC 2017; CIS Controls v8; NIST CSF 2.0. */
export const FRAMEWORKS: Readonly<Record<string, readonly string[]>> = {
  B1: ["ISO 27001 A.8.31", "ISO 27001 A.5.9", "NIST 800-53 CM-8", "CIS 1.1"],
  B2: ["ISO 27001 A.8.31", "ISO 27001 A.5.15", "NIST 800-53 AC-1"],
  B3: ["ISO 27001 A.8.31", "NIST 800-53 SC-7(21)", "PCI DSS 6.5.3", "CIS 16.8"],
  B5: ["ISO 27001 A.8.31", "ISO 27001 A.5.17", "NIST 800-53 IA-5"],
  B6: ["ISO 27001 A.8.31", "ISO 27001 A.8.33", "PCI DSS 6.5.5"],
  A1: ["ISO 27001 A.8.31", "ISO 27001 A.8.3", "NIST 800-53 AC-3", "NIST 800-53 AC-4", "PCI DSS 6.5.3"],
  A2: ["ISO 27001 A.8.31", "ISO 27001 A.8.2", "NIST 800-53 AC-6", "SOC 2 CC6.3"],
  A6: ["ISO 27001 A.8.31", "ISO 27001 A.5.3", "NIST 800-53 AC-5", "PCI DSS 6.5.4", "SOC 2 CC8.1"],
  P1: ["ISO 27001 A.8.31", "ISO 27001 A.8.32", "NIST 800-53 CM-3", "SOC 2 CC8.1"],
  P2: ["ISO 27001 A.8.31", "ISO 27001 A.8.32", "NIST 800-53 CM-3", "NIST 800-53 CM-5", "SOC 2 CC8.1"],
  P3: ["ISO 27001 A.8.31", "ISO 27001 A.8.19", "NIST 800-53 CM-5", "PCI DSS 6.5.4"],
  D3: ["ISO 27001 A.8.31", "ISO 27001 A.8.33", "NIST 800-53 AC-4", "PCI DSS 6.5.5"],
};
