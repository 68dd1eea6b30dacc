// Numbers that regulators have set aside for films and books: nobody has them.
import type { CountryCode } from "libphonenumber-js/max";

/** National numbers with their trunk prefix; `x` is any digit. */
export const fictitious: Partial<Readonly<Record<CountryCode, readonly string[]>>> = {
  // North American Numbering Plan, ATIS-0300115 "555 NXX Assignment Guidelines": 555-0100 to 555-0199.
  US: ["20255501xx", "21255501xx", "31255501xx", "41555501xx"],
  CA: ["41655501xx", "60455501xx", "51455501xx"],
  // Ofcom, "Telephone numbers for use in TV and radio drama programmes".
  GB: ["01134960xxx", "01144960xxx", "01154960xxx", "01164960xxx", "01174960xxx", "02079460xxx", "07700900xxx"],
  // ACMA, "Phone numbers for use in TV shows, films and creative works".
  AU: ["0255500xxx", "0491570006", "0491570156", "0491570157", "0491570158", "0491570159"],
  // Bundesnetzagentur, "Rufnummern für Medienproduktionen" (Drama Numbers).
  DE: ["03023125xxx", "06990009xxx", "04066969xxx", "02214710xxx", "08999998xxx"],
  // ARCEP, decision 2018-0881, appendix: numbers for audiovisual works.
  FR: ["019900xxxx", "026191xxxx", "035301xxxx", "046571xxxx", "053649xxxx", "063998xxxx"],
};
