// Reads the file of GITHUB_OUTPUT as the runner does, and hands its values through @actions/core:
//   node read_outputs.mjs FILE COPY
// COPY is what @actions/core itself writes for these values; stdout gets what an action's `getInput` makes of them.
// https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const [file, copy] = process.argv.slice(2);
const core = createRequire(`${process.env.CDKIT_TEST_SERVER_TOOLS}/`)("@actions/core");

function* values(lines) {
  while (lines.length && lines[0] !== "") {
    const [name, delimiter] = lines.shift().split("<<");
    const end = lines.indexOf(delimiter);
    if (!delimiter || end < 0) throw new Error(`the value of ${name} has no end`);
    yield [name, lines.splice(0, end + 1).slice(0, -1).join("\n")];
  }
}

writeFileSync(copy, "");
process.env.GITHUB_OUTPUT = copy;
const read = {};
for (const [name, value] of values(readFileSync(file, "utf8").split("\n"))) {
  core.setOutput(name, value);
  process.env[`INPUT_${name.toUpperCase()}`] = value;
  read[name] = core.getInput(name, { trimWhitespace: false });
}
console.log(JSON.stringify(read));
