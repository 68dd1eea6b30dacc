// The lists of names and places, by language and country.
import de from "./de.json" with { type: "json" };
import enGb from "./en-GB.json" with { type: "json" };
import en from "./en.json" with { type: "json" };
import es from "./es.json" with { type: "json" };
import fr from "./fr.json" with { type: "json" };
import it from "./it.json" with { type: "json" };
import nl from "./nl.json" with { type: "json" };
import pl from "./pl.json" with { type: "json" };
import ptBr from "./pt-BR.json" with { type: "json" };
import pt from "./pt.json" with { type: "json" };

export interface Lists {
  readonly given: readonly string[];
  readonly family: readonly string[];
  readonly city: readonly string[];
  readonly street: readonly string[];
}

export const LOCALES = ["en", "en-GB", "de", "fr", "es", "it", "pt", "pt-BR", "nl", "pl"] as const;
export type Locale = (typeof LOCALES)[number];

export const lists: Readonly<Record<Locale, Lists>> = { en, "en-GB": enGb, de, fr, es, it, pt, "pt-BR": ptBr, nl, pl };
