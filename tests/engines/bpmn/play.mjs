import { readFileSync } from 'node:fs';
import { read } from './read.mjs';
import { World } from './world.mjs';
import { run } from './bpmn_engine.mjs';
const [, , folder, traces, only] = process.argv;
for (const workflow of JSON.parse(readFileSync(traces)).workflows) {
  const path = `${folder}/${workflow.name}.bpmn`;
  for (const played of workflow.cases) {
    const name = `${workflow.name}: ${played.name}`;
    if (only && !name.includes(only)) continue;
    const world = new World(await read(path), played);
    const found = await run(readFileSync(path, 'utf8'), world);
    console.log(found.length ? `FAILED ${name}\n   ${found.join('\n   ').slice(0, 700)}` : `ok ${name}`);
  }
}
