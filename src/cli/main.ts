// The command line's entry: answers --version at once, loads the commands for everything else, and turns errors into statuses.
import { VERSION } from "../app/version.ts";
import { EXIT } from "./exit.ts";

const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
  process.stdout.write(`${VERSION}\n`);
} else {
  const { program } = await import("./program.ts");
  try {
    await (await program(words[0])).parseAsync(process.argv);
  } catch (error) {
    const { report } = await import("./report.ts");
    process.exitCode = report(error);
  }
}

// A reader that closes early (head, less) is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? EXIT.done : EXIT.internal);
});
