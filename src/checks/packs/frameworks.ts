// Which clause answers which requirement of which framework. Checks know nothing of this table.

/**
 * Requirement ids by clause, with what each asks:
 *
 * - ISO/IEC 27001:2022, Annex A: A.5.3 segregation of duties, A.5.9 inventory of information and other associated assets, A.5.15 access control,
 *   A.5.17 authentication information, A.5.18 access rights, A.6.5 responsibilities after termination or change of employment, A.8.2 privileged
 *   access rights, A.8.3 information access restriction, A.8.8 management of technical vulnerabilities, A.8.9 configuration management, A.8.11 data masking, A.8.13
 *   information backup, A.8.15 logging, A.8.16 monitoring activities, A.8.19 installation of software on operational systems, A.8.22 segregation of
 *   networks, A.8.29 security testing in development and acceptance, A.8.31 separation of development, test and production environments, A.8.32
 *   change management, A.8.33 test information.
 * - NIST SP 800-53 Rev. 5: AC-1 policy and procedures, AC-2 account management, AC-2(2) automated temporary and emergency account management, AC-2(3)
 *   disable accounts, AC-3 access enforcement, AC-4 information flow enforcement, AC-5 separation of duties, AC-6 least privilege, AU-2 event logging,
 *   AU-12 audit record generation, CM-2 baseline configuration, CM-2(3) retention of previous configurations, CM-3 configuration change control,
 *   CM-4(1) separate test environments, CM-5 access restrictions for change, CM-5(5) privilege limitation for production and operation, CM-6
 *   configuration settings, CM-8 system component inventory, CP-9 system backup, IA-5 authenticator management, PS-4 personnel termination, PS-5
 *   personnel transfer, SA-3(1) manage preproduction environment, SA-3(2) use of live or operational data, SA-11 developer testing and evaluation,
 *   SC-7 boundary protection, SC-7(21) isolation of system components, SI-2 flaw remediation, SI-4 system monitoring.
 * - PCI DSS v4.0.1: 1.3.1 inbound traffic restricted to what is necessary, 6.5.1 changes by established procedures with approval and testing, 6.5.3 pre-production separated from production and the
 *   separation enforced with access controls, 6.5.4 roles and functions separated so that only reviewed and approved changes are deployed, 6.5.5 no
 *   live PANs in pre-production, 6.3.3 security patches installed, 7.2.2 access by job and least privilege, 8.2.5 access of terminated users revoked.
 * - AICPA Trust Services Criteria 2017 (SOC 2): CC6.1 logical access security, CC6.2 access is granted and taken away with authorization, CC6.3 access by role, least privilege and segregation of duties, CC6.6
 *   protection against threats from outside the system's boundaries, CC8.1
 *   changes are authorized, tested and approved.
 * - CIS Controls v8.1: 1.1 detailed enterprise asset inventory, 4.1 secure configuration process, 3.12 segment data processing and storage based on sensitivity, 16.8 separate
 *   production and non-production systems.
 */
export const FRAMEWORKS: Readonly<Record<string, readonly string[]>> = {
  B1: ["ISO 27001 A.8.31", "ISO 27001 A.5.9", "NIST 800-53 CM-8", "CIS 1.1"],
  B2: ["ISO 27001 A.8.31", "ISO 27001 A.5.15", "NIST 800-53 AC-1", "PCI DSS 6.5.4"],
  B3: ["ISO 27001 A.8.31", "NIST 800-53 SA-3(1)", "NIST 800-53 SC-7(21)", "PCI DSS 6.5.3", "CIS 16.8"],
  B4: [
    "ISO 27001 A.8.31",
    "ISO 27001 A.8.22",
    "NIST 800-53 AC-4",
    "NIST 800-53 SC-7",
    "PCI DSS 1.3.1",
    "PCI DSS 6.5.3",
    "SOC 2 CC6.6",
    "CIS 16.8",
  ],
  B5: ["ISO 27001 A.8.31", "ISO 27001 A.5.17", "NIST 800-53 IA-5", "PCI DSS 6.5.3"],
  B6: ["ISO 27001 A.8.31", "ISO 27001 A.8.33", "NIST 800-53 SA-3(2)", "PCI DSS 6.5.5", "CIS 3.12"],
  A1: ["ISO 27001 A.8.31", "ISO 27001 A.8.3", "NIST 800-53 AC-3", "NIST 800-53 CM-5(5)", "PCI DSS 6.5.3", "SOC 2 CC6.1", "CIS 16.8"],
  A2: ["ISO 27001 A.8.31", "ISO 27001 A.8.2", "NIST 800-53 AC-6", "NIST 800-53 CM-5(5)", "PCI DSS 6.5.4", "SOC 2 CC6.3"],
  A3: ["ISO 27001 A.8.31", "ISO 27001 A.8.2", "NIST 800-53 AC-2(2)", "SOC 2 CC6.3"],
  A4: ["ISO 27001 A.8.31", "ISO 27001 A.8.2", "NIST 800-53 AC-6", "NIST 800-53 AC-2(3)", "PCI DSS 7.2.2", "SOC 2 CC6.3"],
  A5: [
    "ISO 27001 A.8.31",
    "ISO 27001 A.5.18",
    "ISO 27001 A.6.5",
    "NIST 800-53 AC-2",
    "NIST 800-53 PS-4",
    "NIST 800-53 PS-5",
    "PCI DSS 8.2.5",
    "SOC 2 CC6.2",
    "SOC 2 CC6.3",
  ],
  A6: ["ISO 27001 A.8.31", "ISO 27001 A.5.3", "NIST 800-53 AC-5", "PCI DSS 6.5.4", "SOC 2 CC6.3", "SOC 2 CC8.1"],
  P1: ["ISO 27001 A.8.31", "ISO 27001 A.8.32", "NIST 800-53 CM-3", "NIST 800-53 CM-4(1)", "PCI DSS 6.5.1", "SOC 2 CC8.1"],
  P2: ["ISO 27001 A.8.31", "ISO 27001 A.8.32", "NIST 800-53 CM-3", "NIST 800-53 CM-5", "PCI DSS 6.5.1", "SOC 2 CC8.1"],
  P3: ["ISO 27001 A.8.31", "ISO 27001 A.8.19", "NIST 800-53 CM-5(5)", "PCI DSS 6.5.4"],
  P4: ["ISO 27001 A.8.31", "ISO 27001 A.8.32", "NIST 800-53 CM-3", "NIST 800-53 CM-4(1)", "PCI DSS 6.5.1", "SOC 2 CC8.1"],
  P6: ["ISO 27001 A.8.31", "ISO 27001 A.8.32", "NIST 800-53 CM-2(3)", "PCI DSS 6.5.1", "SOC 2 CC8.1"],
  P7: ["ISO 27001 A.8.31", "ISO 27001 A.8.29", "NIST 800-53 CM-4(1)", "PCI DSS 6.5.3"],
  P8: ["ISO 27001 A.8.31", "ISO 27001 A.8.29", "NIST 800-53 SA-11", "PCI DSS 6.5.1", "SOC 2 CC8.1"],
  S3: ["ISO 27001 A.8.31", "ISO 27001 A.8.9", "NIST 800-53 CM-2", "NIST 800-53 CM-6", "CIS 4.1"],
  S2: ["ISO 27001 A.8.31", "ISO 27001 A.8.8", "NIST 800-53 SI-2", "PCI DSS 6.3.3"],
  S4: ["ISO 27001 A.8.31", "ISO 27001 A.8.15", "ISO 27001 A.8.16", "NIST 800-53 AU-2", "NIST 800-53 AU-12", "NIST 800-53 SI-4"],
  S6: ["ISO 27001 A.8.31", "ISO 27001 A.8.13", "NIST 800-53 CP-9"],
  D1: ["ISO 27001 A.8.31", "ISO 27001 A.8.11", "ISO 27001 A.8.33", "NIST 800-53 SA-3(2)", "PCI DSS 6.5.5"],
  D2: ["ISO 27001 A.8.31", "ISO 27001 A.8.11", "ISO 27001 A.8.33", "NIST 800-53 SA-3(2)", "PCI DSS 6.5.5"],
  D3: ["ISO 27001 A.8.31", "ISO 27001 A.8.33", "NIST 800-53 AC-4", "NIST 800-53 SA-3(2)", "PCI DSS 6.5.5"],
};
