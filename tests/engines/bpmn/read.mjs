// Reads a compiled file with the official model of BPMN, and of Zeebe where the file uses it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { BpmnModdle } from 'bpmn-moddle';

import { factsOf } from './world.mjs';

const zeebe = createRequire(import.meta.url)('zeebe-bpmn-moddle/resources/zeebe.json');

/** The model of a text, with everything that the reader warns of. */
export async function model(text) {
  const moddle = new BpmnModdle(text.includes('xmlns:zeebe=') ? { zeebe } : {});
  const { rootElement, warnings } = await moddle.fromXML(text);
  return { moddle, definitions: rootElement, warnings: warnings.map((one) => one.message) };
}

/** The facts of a file. */
export async function read(path) {
  const { definitions, warnings } = await model(readFileSync(path, 'utf8'));
  if (warnings.length > 0) throw new Error(warnings.join('; '));
  return factsOf(definitions);
}
