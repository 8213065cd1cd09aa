// Lends a World to an engine in another language: a line of JSON for each question and answer.

import { createInterface } from 'node:readline';

import { read } from './read.mjs';
import { World } from './world.mjs';

let world;
for await (const line of createInterface({ input: process.stdin })) {
  const { call, args } = JSON.parse(line);
  let answer;
  try {
    if (call === 'new') {
      const file = await read(args[0]);
      world = new World(file, args[1]);
      answer = { process: file.process, ids: [...file.facts.keys()], expressions: [...world.expressions] };
    } else if (call === 'pass') {
      world.now = Math.max(world.now, args[0]);
      answer = null;
    } else {
      answer = world[call](...args) ?? null;
    }
    process.stdout.write(`${JSON.stringify({ answer })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: `${call}(${args[0]}): ${error.message}` })}\n`);
  }
}
