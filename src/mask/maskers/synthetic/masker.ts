// Whatever @faker-js/faker can make, seeded by the keyed function: the same value becomes the same other one.
import { createRequire } from "node:module";
import { z } from "zod";
import type { Faker } from "@faker-js/faker";
import type { Masker } from "../../masker.ts";
import { textMasking } from "../../text-masking.ts";
import { NUMBERS, TEXT } from "../types.ts";

const Options = z.strictObject({
  /** A module and a method of it, such as `company.name`. */
  method: z.string().regex(/^[a-z]\w*\.[a-z]\w*$/i, "is written module.method, such as company.name"),
  locale: z
    .string()
    .regex(/^[a-z]{2,3}(_[A-Za-z]+)*$/, "is written as the library writes it, such as en or pt_BR")
    .default("en"),
});
type Options = z.infer<typeof Options>;

type Make = () => unknown;

const require = createRequire(import.meta.url);

/** One language at a time, and only when a policy names it: all of them take half a second to load. */
const fakerFor = (locale: string): Faker => (require(`@faker-js/faker/locale/${locale}`) as { readonly faker: Faker }).faker;

/** Only methods of the library's modules that need no arguments: nothing else that the objects carry can be named. */
function makerOf(faker: Faker, method: string): Make | undefined {
  const [moduleName = "", name = ""] = method.split(".");
  const module = Object.hasOwn(faker, moduleName) ? (faker as unknown as Record<string, unknown>)[moduleName] : undefined;
  if (typeof module !== "object" || module === null || moduleName.startsWith("_")) return undefined;
  const make = (module as Record<string, unknown>)[name];
  return typeof make === "function" && name !== "constructor" ? () => (make as Make).call(module) : undefined;
}

function shown(value: unknown): string | undefined {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

const trial = ({ method, locale }: Options): string | undefined => {
  try {
    return shown(makerOf(fakerFor(locale), method)?.());
  } catch {
    return undefined;
  }
};

export const masker: Masker<Options> = {
  id: "synthetic",
  summary: "Whatever the named method of @faker-js/faker makes.",
  options: Options,
  types: [...TEXT, ...NUMBERS, "boolean"],
  deterministic: true,
  keepsDistinct: () => false,
  refuses: (options) =>
    trial(options) === undefined ? `knows no method "${options.method}" that makes a text or a number in ${options.locale}` : undefined,
  compile: ({ method, locale }, { maxLength = Infinity }, prf) => {
    const own = prf.derive("synthetic").derive(method);
    const faker = fakerFor(locale);
    const make = makerOf(faker, method) as Make;
    return textMasking((text) => {
      const bytes = Buffer.from(text);
      own.evaluate(bytes, 0, bytes.length);
      faker.seed([...own.words]);
      const made = [...(shown(make()) ?? "")];
      return made.length <= maxLength ? made.join("") : made.slice(0, maxLength).join("").trimEnd();
    });
  },
};
