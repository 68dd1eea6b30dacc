// Dumps that a program writes while they are read, and loads that a program does while they are written: through pipes, never a file of unmasked rows.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MaskError } from "../error.ts";
import type { Dialect } from "./lexer.ts";
import { openDump } from "./reader.ts";
import type { OpenedDump } from "./run.ts";

export interface Program {
  readonly name: string;
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

interface Pipe {
  readonly folder: string;
  readonly path: string;
  readonly complaint: string;
}

/** In a folder of its own, which only this user can enter. */
function makePipe(): Pipe {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-pipe-"));
  const path = join(folder, "pipe");
  const { status } = spawnSync("mkfifo", ["-m", "600", path]);
  if (status !== 0) throw new MaskError("UNREADABLE", "a pipe cannot be made\n  Check the folder for temporary files (TMPDIR).");
  return { folder, path, complaint: join(folder, "stderr") };
}

/** Its standard output as a dump. With a writer at hand the opening never waits, and the program's end is the end of the dump. */
export function dumpOfProgram(program: Program, dialect: Dialect): OpenedDump {
  const pipe = makePipe();
  const both = openSync(pipe.path, constants.O_RDWR);
  const complaint = openSync(pipe.complaint, "w", 0o600);
  const child = spawn(program.name, [...program.words], { env: program.environment, stdio: ["ignore", both, complaint] });
  const ended = endOf(child, program, pipe);
  const reader = openDump(pipe.path, dialect, program.name);
  closeSync(both);
  closeSync(complaint);
  return {
    reader,
    close: async () => {
      reader.close();
      await ended();
    },
  };
}

export interface Load {
  readonly out: number;
  /** After the last byte; throws when the program failed. */
  readonly end: () => Promise<void>;
}

export function loadByProgram(program: Program): Load {
  const pipe = makePipe();
  const both = openSync(pipe.path, constants.O_RDWR);
  const input = openSync(pipe.path, constants.O_RDONLY);
  const out = openSync(pipe.path, constants.O_WRONLY);
  closeSync(both);
  const complaint = openSync(pipe.complaint, "w", 0o600);
  const child = spawn(program.name, [...program.words], { env: program.environment, stdio: [input, "ignore", complaint] });
  const ended = endOf(child, program, pipe);
  closeSync(input);
  closeSync(complaint);
  return {
    out,
    end: async () => {
      closeSync(out);
      await ended();
    },
  };
}

function endOf(child: ChildProcess, { name }: Program, { folder, complaint }: Pipe): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  child.once("error", () => resolve(`${name}  cannot be started\n  Install it, and see that it stands on the PATH.`));
  child.once("close", (status) => resolve(status === 0 ? undefined : `${name} ended with status ${status}`));
  return async () => {
    const problem = await promise;
    const said = readFileSync(complaint, "utf8").trim().split("\n").slice(-4).join("\n  ");
    rmSync(folder, { recursive: true, force: true });
    if (problem !== undefined) throw new MaskError("UNREADABLE", said === "" ? problem : `${problem}\n  ${said}`);
  };
}
