// Judges definitions by asl-validator: one line `PATH<tab>ok` or `PATH<tab>why` for each.
import { readFileSync } from "node:fs";
import validator from "asl-validator";

const judge = validator.default ?? validator;
for (const path of process.argv.slice(2)) {
  const verdict = judge(JSON.parse(readFileSync(path, "utf8")));
  const why = verdict.isValid ? "ok" : verdict.errorsText("; ").replaceAll("\n", "; ");
  console.log(`${path}\t${why}`);
}
