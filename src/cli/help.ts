// A command's help as --help prints it, for the documents and for the test that asks for examples.
import type { Command } from "commander";

/** With what stands after the options, at a width that does not depend on the terminal. */
export function helpOf(command: Command): string {
  let text = "";
  command.configureHelp({ ...command.configureHelp(), helpWidth: 100 });
  command.configureOutput({ writeOut: (part) => void (text += part), getOutHasColors: () => false });
  command.outputHelp();
  return text.trimEnd();
}
