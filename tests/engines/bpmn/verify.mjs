// Every example with every scenario on two engines, every file by three validators, every recorded
// expression by a real FEEL; and mutants of each, which must be rejected.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

import { evaluate } from 'feelin';

import { run } from './bpmn_engine.mjs';
import { lint } from './lint.mjs';
import { mutants } from './mutants.mjs';
import { factsOf, World, plain, same } from './world.mjs';
import { model } from './read.mjs';

const { FLOWGATE, PYTHON, EXAMPLES, WORK } = process.env;
const here = import.meta.dirname;
const flowgate = (...args) => execFileSync(FLOWGATE, args, { encoding: 'utf8', maxBuffer: 1 << 28 });

/** Cases that an engine cannot play, by name, with the reason; README.md explains them. */
const limits = JSON.parse(readFileSync(join(here, 'limits.json'), 'utf8'));

function tell(name, differences) {
  if (differences.length === 0) console.log(`ok ${name}`);
  else if (limits[name]) console.log(`limit ${name}: ${limits[name]}`);
  else console.log(`FAILED ${name}: ${differences.join('; ').replaceAll('\n', ' ').slice(0, 2000)}`);
}

/** A mutant is right when somebody finds something. */
function tellMutant(name, differences) {
  tell(`mutant ${name}`, differences.length > 0 ? [] : ['it was accepted']);
}

function compiled(target) {
  const folder = join(WORK, target);
  for (const project of ['back-office', 'starter']) {
    flowgate('compile', '--project', join(EXAMPLES, project), '--target', target, '-o', folder);
  }
  return readdirSync(folder).sort().map((name) => join(folder, name));
}

function traces() {
  return ['back-office', 'starter'].flatMap((project) => {
    const report = flowgate('test', '--project', join(EXAMPLES, project), '--format', 'json', '--trace');
    return JSON.parse(report).workflows;
  });
}

/** What the model of BPMN, the lints of Camunda and the schemas have against files. */
async function validated(paths) {
  const schemas = JSON.parse(execFileSync(PYTHON, [join(here, 'schemas.py'), ...paths], { encoding: 'utf8' }));
  const found = new Map();
  for (const path of paths) {
    const text = readFileSync(path, 'utf8');
    const { definitions, warnings } = await model(text).catch((error) => ({ warnings: [error.message] }));
    const isZeebe = text.includes('xmlns:zeebe=');
    const linted = definitions && isZeebe ? await lint(definitions) : [];
    found.set(path, { model: warnings, schemas: schemas[path], lint: linted });
  }
  return found;
}

/** SpiffWorkflow, beside this process. */
class Spiff {
  constructor() {
    this.child = spawn(PYTHON, [join(here, 'spiff.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async play(path, played) {
    this.child.stdin.write(`${JSON.stringify({ path, case: played })}\n`);
    const { value, done } = await this.lines.next();
    return done ? ['SpiffWorkflow stopped'] : JSON.parse(value);
  }

  end() {
    this.child.stdin.end();
  }
}

async function inBpmnEngine(path, played) {
  const source = readFileSync(path, 'utf8');
  const { definitions } = await model(source);
  return run(source, new World(factsOf(definitions), played)).catch((error) => [error.message]);
}

async function inSpiff(workflows) {
  const spiff = new Spiff();
  for (const [workflow, played] of workflows) {
    const path = join(WORK, 'zeebe', `${workflow}.zeebe.bpmn`);
    tell(`SpiffWorkflow ${workflow}: ${played.name}`, await spiff.play(path, played));
  }
  spiff.end();
}

async function inNode(workflows) {
  for (const [workflow, played] of workflows) {
    const path = join(WORK, 'bpmn', `${workflow}.bpmn`);
    tell(`bpmn-engine ${workflow}: ${played.name}`, await inBpmnEngine(path, played));
  }
}

/** Where FEEL and our evaluator differ. */
function different(records, { feel, values }) {
  return records.flatMap((record, index) => {
    const expected = values[index];
    let found;
    try {
      found = plain(evaluate(feel, record).value);
    } catch (error) {
      return [`record ${index}: ${feel} failed: ${error.message}`];
    }
    // What has no value for us is null in FEEL, and false where it is compared.
    const agrees = 'value' in expected ? same(found, expected.value) : found === null || found === false;
    return agrees ? [] : [`record ${index}: ${feel} is ${JSON.stringify(found)}, and for us ${JSON.stringify(expected)}`];
  });
}

function expressions() {
  const { records, cases } = JSON.parse(readFileSync(join(here, 'expressions.json'), 'utf8'));
  for (const each of cases) tell(`FEEL ${each.expression}`, different(records, each));
  const sum = cases.find((each) => each.expression === 'input.price * 3');
  tellMutant('FEEL of another value', different(records, { ...sum, feel: `${sum.feel} + 1` }));
  tellMutant('FEEL that is none', different(records, { ...sum, feel: `${sum.feel} +* 1` }));
}

async function mutated(workflows) {
  const spiff = new Spiff();
  for (const { name, of, change, by, scenario } of mutants) {
    const text = readFileSync(join(WORK, of), 'utf8');
    const broken = change(text);
    const path = join(WORK, `mutant.${of.endsWith('zeebe.bpmn') ? 'zeebe.' : ''}bpmn`);
    writeFileSync(path, broken);
    if (broken === text) tell(`mutant ${name}`, ['it is no mutant: nothing was changed']);
    const found = (await validated([path])).get(path);
    const played = workflows.find(([, one]) => one.name === scenario)?.[1];
    for (const judge of by) {
      let differences = found[judge];
      if (judge === 'bpmn-engine') differences = await inBpmnEngine(path, played);
      if (judge === 'SpiffWorkflow') differences = await spiff.play(path, played);
      tellMutant(`${name}, by ${judge}`, differences);
    }
  }
  spiff.end();
}

/** The recorded artifacts of workflows that use what no example uses. */
function recorded() {
  const folder = join(here, '../../targets');
  const cases = readdirSync(folder).map((name) => join(folder, name));
  return cases.flatMap((path) => ['bpmn.bpmn', 'zeebe.bpmn'].map((name) => join(path, name))).filter(existsSync);
}

const paths = [...compiled('bpmn'), ...compiled('zeebe'), ...recorded()];
const workflows = traces().flatMap(({ name, cases }) => cases.map((played) => [name, played]));
for (const [path, found] of await validated(paths)) {
  const name = path.split('/').slice(-2).join('/');
  for (const [judge, differences] of Object.entries(found)) tell(`${judge} of ${name}`, differences);
}
expressions();
await Promise.all([inSpiff(workflows), inNode(workflows)]);
await mutated(workflows);
