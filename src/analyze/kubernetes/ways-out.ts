// How a running pod reaches past its container: each setting by which it has its node, or what the pods beside it were given.
import type { KubernetesWorkload } from "../../model/observations/kubernetes.ts";

/** `control`: root on the node. `read`: the tokens, secrets and config maps of the pods on it. */
export interface Way {
  readonly capability: "control" | "read";
  readonly what: string;
  /** Why it is not certain. */
  readonly because?: string;
  /** Only together with reading logs through the kubelet. */
  readonly throughLogs?: true;
}

/**
 * Container capabilities with which a process leaves its container. SYS_MODULE loads code into the kernel that all containers share; SYS_ADMIN mounts
 * file systems and, where AppArmor refuses that, still writes into other processes by eBPF (bpf-helpers(7), bpf_probe_write_user).
 *
 * Source: capabilities(7); KubeHound, CE_MODULE_LOAD, CE_PRIV_MOUNT.
 */
const CAPABILITIES: ReadonlySet<string> = new Set(["ALL", "SYS_ADMIN", "SYS_MODULE"]);

/** Capabilities that lead out when something is so that no file shows. */
const CAPABILITIES_PERHAPS: Readonly<Record<string, string>> = {
  // open_by_handle_at(2) opens any file of a file system of which one file is seen, and a kubelet's volume (/etc/hosts) is always seen.
  DAC_READ_SEARCH: "which of the node's files lie on the disk of its mounts is not known",
  SYS_RAWIO: "which devices of the node it is given is not known",
  BPF: "what the node's kernel lets an eBPF program write is not known",
};

const HOME_OF_ROOT = "/root";

/** Directories of which the node runs, or trusts, what is in them: who writes one, or a directory above, controls it. */
const WRITABLE_IS_NODE = [
  "/bin",
  "/boot",
  "/dev",
  "/etc/cron.d",
  "/etc/kubernetes/manifests",
  "/etc/systemd/system",
  "/home",
  "/lib",
  "/opt/cni/bin",
  "/proc/sys/kernel",
  HOME_OF_ROOT,
  `${HOME_OF_ROOT}/.ssh`,
  "/sbin",
  "/sys/kernel",
  "/usr/bin",
  "/usr/lib",
  "/usr/local/bin",
  "/usr/sbin",
  "/var/lib/containerd",
  "/var/lib/docker",
  "/var/lib/kubelet",
  "/var/spool/cron",
];

/** A runtime obeys whoever opens its socket, and a read-only mount keeps nobody from opening one (KubeHound, EXPLOIT_CONTAINERD_SOCK). */
const SOCKETS = [
  "/run/containerd/containerd.sock",
  "/run/crio/crio.sock",
  "/run/cri-dockerd.sock",
  "/run/docker.sock",
  "/run/docker/containerd/containerd.sock",
  "/run/dockershim.sock",
  "/run/k3s/containerd/containerd.sock",
  "/run/podman/podman.sock",
];

/** Where the kubelet keeps the volumes of the pods, and its own key. */
const GIVEN_TO_PODS = ["/var/lib/kubelet/pods", "/var/lib/kubelet/pki"];

/** Where a credential for the node lies when one was put there: keys of people, configuration of kubeadm, environments of processes. */
const READABLE_PERHAPS: readonly (readonly [directory: string, because: string])[] = [
  ["/proc", "how far the node's processes can be read depends on the user the container runs as"],
  ["/etc/kubernetes", "whether a credential for the node or the cluster lies there is not known"],
  ["/etc/ssh", "whether a credential for the node lies there is not known"],
  ["/home", "whether a key that opens the node lies there is not known"],
  [HOME_OF_ROOT, "whether a key that opens the node lies there is not known"],
  ["/var/lib/kubelet", "what lies there on the node is not known"],
];

/** `/var/run` is a link to `/run`, a trailing slash means nothing, and `..` is refused (core/v1 HostPathVolumeSource). */
const plain = (path: string): string =>
  path
    .replace(/\/+/g, "/")
    .replace(/\/$/, "")
    .replace(/^\/var\/run(?=\/|$)/, "/run");

/**
 * Every way, as the files show it. What no file shows is taken so: a container runs as root (an image's user stands in no manifest); AppArmor's default
 * profile confines ptrace to processes of the same profile, which those of every other pod on the node are (containerd, contrib/apparmor).
 *
 * Source: Kubernetes, "Pod Security Standards" (what Baseline refuses), "Volumes", hostPath, Read-only mounts (only the mount itself is made read-only,
 * not what is mounted below it); KubeHound's attack reference, CE_* and EXPLOIT_*.
 */
export function waysOut(workload: KubernetesWorkload): readonly Way[] {
  const capabilities = new Set(workload.containers.flatMap((each) => each.addedCapabilities).map((name) => name.replace(/^CAP_/, "")));
  return [
    ...(workload.containers.some((each) => each.privileged) ? [{ capability: "control", what: "a privileged container" } as const] : []),
    ...byCapability(capabilities),
    ...byProcesses(workload, capabilities),
    ...workload.hostPaths.flatMap(byHostPath),
  ];
}

function byCapability(capabilities: ReadonlySet<string>): Way[] {
  return [...capabilities].flatMap((name): Way[] => {
    const base = { capability: "control", what: `capability ${name}` } as const;
    if (CAPABILITIES.has(name)) return [base];
    const because = Object.hasOwn(CAPABILITIES_PERHAPS, name) ? CAPABILITIES_PERHAPS[name] : undefined;
    return because === undefined ? [] : [{ ...base, because }];
  });
}

/** Seeing the node's processes is little; with SYS_PTRACE any of them is made to do anything (ptrace(2), "Ptrace access mode checking"). */
function byProcesses({ hostPid }: KubernetesWorkload, capabilities: ReadonlySet<string>): Way[] {
  if (!hostPid) return [];
  if (capabilities.has("SYS_PTRACE")) return [{ capability: "control", what: "hostPID with SYS_PTRACE" }];
  const because = "how far the node's processes can be read depends on the user the container runs as";
  return [{ capability: "control", what: "hostPID", because }];
}

function byHostPath({ path, readOnly }: KubernetesWorkload["hostPaths"][number]): Way[] {
  const at = plain(path);
  const covers = (place: string): boolean => place === at || place.startsWith(`${at}/`);
  const isWithin = (place: string): boolean => at.startsWith(`${place}/`);
  const what = `host path ${path}`;
  const unknown = `what lies under ${path} on the node is not known`;
  if (SOCKETS.some(covers) || (!readOnly && WRITABLE_IS_NODE.some(covers))) return [{ capability: "control", what }];
  const found: Way[] = [];
  if (GIVEN_TO_PODS.some(covers)) found.push({ capability: "read", what });
  else if (GIVEN_TO_PODS.some(isWithin)) found.push({ capability: "read", what, because: unknown });
  if (!readOnly) {
    // The kubelet serves what lies under /var/log, following links, as root: KubeHound, CE_VAR_LOG_SYMLINK.
    if (covers("/var/log") || isWithin("/var/log")) found.push({ capability: "read", what, throughLogs: true });
    found.push({ capability: "control", what, because: unknown });
    return found;
  }
  // Settings of the kernel hold no secret.
  if (at.startsWith("/proc/sys/")) return found;
  const perhaps = READABLE_PERHAPS.find(([place]) => covers(place) || isWithin(place));
  if (perhaps) found.push({ capability: "control", what, because: perhaps[1] });
  return found;
}
