// For those who run the server: whether it lives, whether it may be asked, figures, and whom to tell about a flaw.
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Gate } from "../../app/gate/gate.ts";
import { ProblemError, problemsOf } from "./problem.ts";
import type { Routes } from "./server.ts";

export interface Operations {
  readonly gate: Gate;
  readonly now: () => Date;
  /** RFC 9116. */
  readonly securityContact: string;
  /** Further figures: a name, what it says, and its value now. */
  readonly figures?: () => readonly Figure[];
}

export interface Figure {
  readonly name: string;
  readonly help: string;
  readonly kind: "counter" | "gauge";
  readonly value: number;
}

const YEAR_MS = 365 * 86_400_000;
const Text = { 200: { description: "Text", content: { "text/plain": { schema: z.string() } } } };
const schema = (operationId: string, summary: string) => ({
  tags: ["operations"],
  operationId,
  summary,
  response: { ...Text, ...problemsOf() },
});

export const operationRoutes =
  (operations: Operations): Routes =>
  async (plain) => {
    const app = plain.withTypeProvider<ZodTypeProvider>();
    const answered = counting(app);
    app.get("/healthz", { config: { access: "public" }, schema: schema("health", "Whether the process lives") }, async (_request, reply) =>
      reply.type("text/plain; charset=utf-8").send("ok\n"),
    );
    app.get(
      "/readyz",
      { config: { access: "public" }, schema: schema("ready", "Whether the ledger can be read, and its root and signature hold") },
      async (_request, reply) => {
        const size = await operations.gate.look(({ ledger }) => ledger.size());
        return reply.type("text/plain; charset=utf-8").send(`ok, ${size} entries\n`);
      },
    );
    app.get(
      "/metrics",
      {
        config: { access: ["auditor", "administrator", "pipeline"] },
        schema: {
          ...schema("metrics", "Figures for Prometheus"),
          security: [{ bearer: [] }],
          response: { ...Text, ...problemsOf(401, 403) },
        },
      },
      async (_request, reply) => {
        const size = await operations.gate.look(({ ledger }) => ledger.size()).catch(() => undefined);
        const figures = [...gateFigures(operations.gate, size), ...answered(), ...(operations.figures?.() ?? [])];
        return reply.type("text/plain; version=0.0.4; charset=utf-8").send(exposition(figures));
      },
    );
    app.get(
      "/.well-known/security.txt",
      { config: { access: "public" }, schema: schema("securityTxt", "Whom to tell about a flaw (RFC 9116)") },
      async (_request, reply) => {
        const expires = new Date(operations.now().getTime() + YEAR_MS).toISOString().replace(/T.*/, "T00:00:00.000Z");
        if (!operations.securityContact) throw new ProblemError(500, "internal", "no contact is set");
        return reply
          .type("text/plain; charset=utf-8")

          .send(`Contact: ${operations.securityContact}\nExpires: ${expires}\nPreferred-Languages: en\n`);
      },
    );
  };

const gateFigures = ({ counts }: Gate, size: number | undefined): readonly Figure[] => [
  { name: "bulkhead_gate_batches_total", help: "Transactions of the gate.", kind: "counter", value: counts.batches },
  { name: "bulkhead_gate_questions_total", help: "Questions to the gate.", kind: "counter", value: counts.commands },
  { name: "bulkhead_gate_waiting", help: "Questions that wait for the next transaction.", kind: "gauge", value: counts.waiting },
  {
    name: "bulkhead_gate_refolds_total",
    help: "Times that the ledger was read from its first entry, at start or after a doubt.",
    kind: "counter",
    value: counts.refolds,
  },
  {
    name: "bulkhead_gate_open",
    help: "1 when the ledger can be read and holds, else 0.",
    kind: "gauge",
    value: size === undefined ? 0 : 1,
  },
  ...(size === undefined ? [] : [{ name: "bulkhead_ledger_entries", help: "Entries of the ledger.", kind: "gauge" as const, value: size }]),
];

/** Answers by the first digit of their status. */
function counting(app: {
  addHook(name: "onResponse", hook: (request: unknown, reply: { readonly statusCode: number }) => Promise<void>): unknown;
}): () => readonly Figure[] {
  const counts = new Map<string, number>();
  app.addHook("onResponse", async (_request, { statusCode }) => {
    const family = `${Math.floor(statusCode / 100)}xx`;
    counts.set(family, (counts.get(family) ?? 0) + 1);
  });
  return () =>
    [...counts].map(([family, value]) => ({
      name: `bulkhead_http_answers_total{status="${family}"}`,
      help: "Answers over HTTP.",
      kind: "counter",
      value,
    }));
}

/** Prometheus, "Text-based format". */
function exposition(figures: readonly Figure[]): string {
  const told = new Set<string>();
  return figures
    .map(({ name, help, kind, value }) => {
      const bare = name.split("{")[0] as string;
      const head = told.has(bare) ? "" : `# HELP ${bare} ${help}\n# TYPE ${bare} ${kind}\n`;
      told.add(bare);
      return `${head}${name} ${value}\n`;
    })
    .join("");
}
