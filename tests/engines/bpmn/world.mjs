// Everything around an engine that executes a compiled workflow: the data of the case, FEEL, the
// workers, people and calendars, all driven by one scenario; and a record of what happened, which
// must be what the reference interpreter traced. An engine decides which node runs when, which
// way a gateway takes, which error is caught where, and which timer fires; everything else is here,
// so that two engines are judged by the same code.

import { evaluate as feel } from 'feelin';

const never = '2999-01-01T00:00:00Z';

/** The facts that a file states about its nodes, in either profile. */
export function factsOf(definitions) {
  const facts = new Map();
  const expressions = new Set();
  const walk = (elements, within) => {
    for (const element of elements ?? []) {
      const node = readFacts(element);
      node.within = within;
      facts.set(element.id, node);
      if (element.conditionExpression) expressions.add(element.conditionExpression.body);
      for (const event of element.eventDefinitions ?? []) {
        for (const time of [event.timeDate]) if (time) expressions.add(time.body);
        if (event.messageRef || event.signalRef) {
          node.message = (event.messageRef ?? event.signalRef).name;
        }
      }
      const each = element.loopCharacteristics;
      if (each) {
        for (const one of [each.loopCardinality, each.completionCondition]) {
          if (one) expressions.add(one.body);
        }
        node.each = readEach(each);
      }
      walk(element.flowElements, element.id);
    }
  };
  const process = definitions.rootElements.find((one) => one.$type === 'bpmn:Process');
  walk(process.flowElements, null);
  return { process: process.id, facts, expressions };
}

const bare = (text) => (text?.startsWith('=') ? text.slice(1) : text);
const values = (element) => element.extensionElements?.values ?? [];

function readFacts(element) {
  const node = { id: element.id, type: element.$type, inputs: [], outputs: [], properties: {} };
  for (const each of values(element)) {
    const kind = each.$type.split(':')[1].toLowerCase();
    const own = each.$attrs && !each.$descriptor?.properties?.length ? each.$attrs : each;
    const get = (name) => each[name] ?? own?.[name];
    if (kind === 'job' || kind === 'taskdefinition') {
      node.job = get('type');
      node.attempts = Number(get('attempts') ?? get('retries'));
    } else if (kind === 'result') node.variable = get('variable');
    else if (kind === 'script') {
      node.script = bare(get('expression'));
      node.variable = get('resultVariable');
    } else if (kind === 'input') node.inputs.push([get('variable'), get('expression')]);
    else if (kind === 'output') node.outputs.push([get('variable'), get('expression')]);
    else if (kind === 'iomapping') {
      for (const one of each.inputParameters ?? []) node.inputs.push([one.target, bare(one.source)]);
      for (const one of each.outputParameters ?? []) node.outputs.push([one.target, bare(one.source)]);
    } else if (kind === 'property') node.properties[get('name')] = get('value');
    else if (kind === 'properties') {
      for (const one of each.properties ?? []) node.properties[one.name] = one.value;
    }
  }
  if (element.script) node.script = element.script;
  return node;
}

function readEach(each) {
  for (const one of values(each)) {
    const get = (name) => one[name] ?? one.$attrs?.[name];
    return {
      list: bare(get('list') ?? get('inputCollection')),
      item: get('item') ?? get('inputElement'),
      results: get('results') ?? get('outputCollection'),
      result: bare(get('result') ?? get('outputElement')),
    };
  }
}

/** What happened, in the words of the reference. */
export function expected(trace) {
  const seen = { path: [], raised: [], decided: [], routed: [], calls: [], rungs: [], end: null };
  for (const entry of trace) {
    if (entry.what === 'entered') seen.path.push(entry.state);
    else if (entry.what === 'raised') seen.raised.push(`${entry.reason} in ${entry.place.state}`);
    else if (entry.what === 'decided') seen.decided.push(`${entry.step}: ${entry.decision}`);
    else if (entry.what === 'routed') seen.routed.push(`${entry.step}: ${entry.rows}`);
    else if (entry.what === 'attempted') {
      seen.calls.push({ step: entry.step, attempt: entry.attempt, with: entry.with ?? null, key: entry.key ?? null });
    } else if (entry.what === 'timer_fired' && entry.rung !== undefined) {
      seen.rungs.push(`${entry.place.step ?? `state_${entry.place.state}`}: ${entry.rung}`);
    } else if (entry.what === 'ended') seen.end = { end: entry.end, outputs: entry.outputs ?? null };
  }
  return seen;
}

/** One case. */
export class World {
  constructor(read, played) {
    this.facts = read.facts;
    this.expressions = new Set([...read.expressions].map(bare));
    this.replay = played.replay;
    this.trace = played.trace;
    this.now = Date.parse(this.replay.at);
    this.answers = structuredClone(this.replay.answers);
    this.events = this.replay.events.filter(
      (one) => !one.refused && !['answered', 'attached'].includes(one.event),
    );
    this.data = { input: this.replay.input, steps: {}, case: { id: this.replay.id, requester: this.replay.requester } };
    this.begun = {};
    this.seen = { path: [], raised: [], decided: [], routed: [], calls: [], rungs: [], end: null };
  }

  /** The value of an expression of FEEL; `local` hides what the case has. */
  value(expression, local = {}) {
    const age = `PT${Math.floor((this.now - Date.parse(this.replay.at)) / 1000)}S`;
    const { value } = feel(bare(expression), { ...this.data, case: { ...this.data.case, age }, ...local });
    return plain(value);
  }

  /** True for texts of the file that are to be computed. */
  isExpression(text) {
    return this.expressions.has(bare(text));
  }

  set(path, value) {
    const names = path.split('.');
    const last = names.pop();
    let at = this.data;
    for (const name of names) at = at[name] ??= {};
    at[last] = value;
  }

  outputs(node, local = {}) {
    for (const [path, expression] of node.outputs) this.set(path, this.value(expression, local));
  }

  /** A case begins: what the start states, with the controls of the scenario. */
  start(id) {
    this.outputs(this.facts.get(id));
    this.data.case.exceptions ??= [];
    Object.assign((this.data.controls ??= {}), this.replay.controls);
  }

  /** A node begins. */
  entered(id) {
    const { state } = this.facts.get(id)?.properties ?? {};
    if (state) this.seen.path.push(state);
  }

  /** An item of a list begins, counted from 0. */
  item(id, index) {
    const each = this.facts.get(id).each;
    if (index === 0) this.data[each.results] = [];
    const list = (this.lists ??= {});
    if (index === 0) list[id] = this.value(each.list);
    this.data[each.item] = list[id][index];
  }

  /** An item of a list is done. */
  itemDone(id, index) {
    const each = this.facts.get(id).each;
    this.data[each.results][index] = this.value(each.result);
  }

  /** A node ends that nobody works on: events, scopes. */
  passed(id) {
    const node = this.facts.get(id);
    if (!node) return;
    const { properties } = node;
    if (node.each && !node.each.begun && this.data[node.each.results] === undefined) this.data[node.each.results] = [];
    if (properties.raises) this.seen.raised.push(`${properties.raises} in ${properties['raised-in']}`);
    if (properties.rung !== undefined) this.seen.rungs.push(`${properties['rung-of']}: ${properties.rung}`);
    this.outputs(node);
    if (properties['raised-in']) this.begun = { ...this.begun };
  }

  /** A script: its value, and what it tells. */
  script(id) {
    const node = this.facts.get(id);
    const { properties } = node;
    this.entered(id);
    this.begin(properties.step ?? properties['question-of']);
    const value = this.value(node.script);
    this.data[node.variable] = value;
    this.outputs(node);
    const question = properties['question-of'];
    if (question && value === 'waived') this.seen.decided.push(`${question}: waived`);
    if (properties.decides) this.seen.decided.push(`${properties.decides}: ${value.decision}`);
    if (properties.decision && !value.some((one) => one.row === -1)) {
      const rows = value.map((one) => one.row);
      const matched = properties.hit === 'first' ? rows.slice(0, 1) : rows;
      if (matched.length > 0) this.seen.routed.push(`${properties.step}: ${matched}`);
    }
    if (node.variable === 'end') {
      const wanted = Object.keys(this.data.outputs ?? {}).length > 0;
      this.seen.end = { end: value, outputs: wanted ? this.data.outputs : null };
    }
  }

  /** Notes that a step is worked on once more: the reference tells what happens this time. */
  begin(step) {
    if (step) this.begun[step] = (this.begun[step] ?? 0) + 1;
  }

  /** What the reference tells of the newest time that a step was worked on. */
  told(step) {
    const times = this.trace.flatMap((entry, index) =>
      ['begun', 'skipped'].includes(entry.what) && entry.step === step ? [index] : [],
    );
    const at = times[Math.max(this.begun[step] ?? 1, 1) - 1];
    if (at === undefined) return [];
    const after = this.trace.slice(at + 1);
    const end = after.findIndex((entry) => entry.what === 'entered' || (entry.what === 'begun' && entry.step === step));
    return end < 0 ? after : after.slice(0, end);
  }

  raisedBy(step) {
    const told = this.told(step).find((entry) => entry.what === 'raised' && entry.place.step === step);
    return told?.reason;
  }

  /** A worker's task: `{}`, `{error}`, or `{waits: true}` where nobody answers. */
  work(id) {
    const node = this.facts.get(id);
    this.entered(id);
    const inputs = Object.fromEntries(node.inputs.map(([name, expression]) => [name, this.value(expression)]));
    const { properties } = node;
    switch (node.job) {
      case 'flowgate.due':
        return this.due(node);
      case 'flowgate.ask':
        this.begin(this.hasQuestion(properties.asks) ? null : properties.asks);
        return this.ask(node);
      case 'flowgate.ask-further':
        this.outputs(node);
        return {};
      case 'flowgate.validate':
        return this.validate(node, inputs.with);
      case 'flowgate.undo':
        return this.request(node, this.data.done.step, inputs, this.data.done.attempts, true);
      default:
        if (properties['asks-for']) {
          this.outputs(node);
          return {};
        }
        this.begin(this.hasQuestion(properties.step) ? null : properties.step);
        return this.request(node, properties.step, inputs, node.attempts, false);
    }
  }

  hasQuestion(step) {
    return [...this.facts.values()].some((node) => node.properties['question-of'] === step);
  }

  due(node) {
    const of = node.properties['due-of'];
    const place = of.startsWith('state_') ? { state: of.slice(6) } : { step: of };
    const told = place.step ? this.told(place.step) : this.inState(place.state);
    const clocks = node.properties.clocks.split(', ');
    const moments = clocks.map((_, rung) => {
      const fired = told.find(
        (entry) => entry.what === 'timer_fired' && entry.rung === rung
          && (place.step ? entry.place.step === place.step : entry.place.step === undefined),
      );
      const waited = place.step && told.find((entry) => entry.what === 'waiting' && entry.step === place.step);
      return fired?.at ?? (waited?.until?.includes('T') ? waited.until : never);
    });
    this.outputs(node, { result: moments });
    return {};
  }

  inState(state) {
    const visits = this.seen.path.filter((one) => one === state).length + 1;
    const times = this.trace.flatMap((entry, index) =>
      entry.what === 'entered' && entry.state === state ? [index] : [],
    );
    const from = times[visits - 1];
    if (from === undefined) return [];
    const after = this.trace.slice(from + 1);
    const end = after.findIndex((entry) => entry.what === 'entered');
    return end < 0 ? after : after.slice(0, end);
  }

  ask(node) {
    const step = node.properties.asks;
    const told = this.told(step);
    const asked = told.find((entry) => entry.what === 'asked' && entry.step === step);
    if (!asked) {
      const reason = this.raisedBy(step);
      return reason ? { error: reason } : { waits: true };
    }
    const people = asked.people.map((one) => one.person ?? one.name ?? one);
    const count = node.properties.count;
    this.outputs(node, { asked: people, votes: count === 'all' ? people.length : Number(count) });
    return {};
  }

  validate(node, value) {
    const step = node.properties.validates;
    const told = step
      ? this.raisedBy(step)
      : this.inStateNow(node.properties['validates-input']).find(
          (entry) => entry.what === 'raised' && entry.place.step === undefined,
        )?.reason;
    if (told === 'CONTRACT_VIOLATION') return { error: told };
    this.outputs(node, { result: value });
    return {};
  }

  inStateNow(state) {
    this.seen.path.pop();
    const told = this.inState(state);
    this.seen.path.push(state);
    return told;
  }

  request(node, step, inputs, attempts, undoes) {
    const before = this.told(step).some((entry) => entry.what === 'attempted' && entry.step === step);
    const raised = undoes ? undefined : this.raisedBy(step);
    if (!before && !undoes && raised) return { error: raised };
    for (let attempt = 1; attempt <= Math.max(attempts, 1); attempt += 1) {
      const given = this.answers[step] ?? [];
      const next = given.findIndex((answer) => answer.undoes === undoes);
      this.seen.calls.push({ step, attempt, with: inputs.with ?? null, key: inputs.idempotency_key ?? null });
      if (next < 0) return { waits: true };
      const [answer] = given.splice(next, 1);
      const error = answer.silent ? 'timeout' : answer.error;
      if (!error) {
        if (raised === 'CONTRACT_VIOLATION') {
          this.outputs(node, { result: answer.result });
          return { error: raised };
        }
        this.outputs(node, { result: answer.result });
        return {};
      }
      if (attempt >= Math.max(attempts, 1)) return { error: this.lapsed(step, this.named(node, error)) };
    }
    return {};
  }

  /** The ladder of a worker's task begins with the error of its last attempt. */
  lapsed(step, error) {
    if (error === 'timeout') this.seen.rungs.push(`${step}: 0`);
    return error;
  }

  /** The code that a worker throws: the error where the task knows it, else `any`. */
  named(node, error) {
    if (error === 'timeout' && node.properties['attempt-timeout']) return error;
    const known = (node.properties.errors ?? '').split(', ');
    return known.includes(error) ? error : 'any';
  }

  /** A user task begins. */
  offered(id) {
    const { properties } = this.facts.get(id);
    if (properties.step && !properties.by && !this.hasQuestion(properties.step)) this.begin(properties.step);
  }

  /**
   * What happens next: `{complete: id}` of one of the waiting nodes, `{until: instant}` when time
   * passes, or nothing when the scenario is over.
   */
  next(waiting) {
    while (this.events.length > 0) {
      const event = this.events[0];
      if (event.event === 'passed') {
        this.events.shift();
        return { until: Date.parse(event.to) };
      }
      const id = waiting.find((one) => this.fits(one, event));
      if (!id) return { stuck: `nothing waits for ${JSON.stringify(event)} but ${waiting}` };
      this.events.shift();
      this.complete(id, event);
      return { complete: id };
    }
    return {};
  }

  fits(id, event) {
    const node = this.facts.get(id);
    const { properties } = node;
    switch (event.event) {
      case 'completed':
        return properties.step === event.step && !properties.by;
      case 'decided':
        return (properties.step ?? properties['vote-of']) === event.step;
      case 'moved':
        return properties.moves === event.state;
      case 'resolved':
        return properties.queue === event.of;
      case 'closed':
        return properties.fallback !== undefined;
      case 'arrived':
        return node.message === event.name;
      default:
        return false;
    }
  }

  complete(id, event) {
    const node = this.facts.get(id);
    const local = this.variables(node, event);
    this.outputs(node, local);
    if (event.event === 'decided' && node.properties.step) {
      this.seen.decided.push(`${event.step}: ${local.result.decision}`);
    }
  }

  variables(node, event) {
    const at = event.at;
    switch (event.event) {
      case 'completed':
        return { result: { ...event.result, completed_by: event.person, completed_at: at } };
      case 'decided': {
        const { comment, ...data } = event.data ?? {};
        const decision = event.agrees ? 'approved' : 'rejected';
        const approvers = event.agrees ? [event.person] : [];
        const result = { decision, approver: event.person, approvers, decided_at: at };
        if (comment !== undefined) result.comment = comment;
        return { result, data };
      }
      case 'moved': {
        const moves = this.trace.filter((entry) => entry.what === 'moved' && entry.by === event.person);
        this.moves = (this.moves ?? 0) + 1;
        const moved = moves.find((entry) => entry.at === event.at) ?? moves[0];
        return { transition: String(moved?.transition ?? 0), data: event.data ?? {} };
      }
      case 'resolved': {
        const all = this.trace.filter((entry) => entry.what === 'resolved');
        this.resolved = (this.resolved ?? 0) + 1;
        const told = all[this.resolved - 1];
        const corrected = {};
        const data = {};
        const fields = this.correctedFields(event);
        for (const [name, value] of Object.entries(event.data ?? {})) {
          (fields.has(`case.data.${name}`) ? data : corrected)[name] = value;
        }
        return { resume: told.to, resolved_by: event.person, corrected, data };
      }
      case 'closed':
        this.seen.end = { end: event.end, outputs: null };
        return { end: event.end };
      case 'arrived':
        return { event: event.data };
      default:
        return {};
    }
  }

  correctedFields(event) {
    const told = this.trace.find(
      (entry) => entry.what === 'corrected' && entry.at === event.at && entry.by === event.person,
    );
    return new Set(told?.fields ?? []);
  }

  /** What differs from the reference; nothing when all is the same. */
  differences() {
    const wanted = expected(this.trace);
    const found = this.seen;
    const differ = [];
    for (const name of ['path', 'raised', 'decided', 'routed', 'rungs']) {
      if (JSON.stringify(wanted[name]) !== JSON.stringify(found[name])) {
        differ.push(`${name}: reference ${JSON.stringify(wanted[name])}, engine ${JSON.stringify(found[name])}`);
      }
    }
    const order = (calls) => [...calls].sort((one, other) => (one.step < other.step ? -1 : one.step > other.step ? 1 : 0));
    if (!same(order(wanted.calls), order(found.calls))) {
      differ.push(`calls: reference ${JSON.stringify(order(wanted.calls))}, engine ${JSON.stringify(order(found.calls))}`);
    }
    if (!same(wanted.end, found.end)) {
      differ.push(`end: reference ${JSON.stringify(wanted.end)}, engine ${JSON.stringify(found.end)}`);
    }
    return differ;
  }
}

/** Values of FEEL as JSON: dates and lengths of time are texts. */
function plain(value) {
  if (value === undefined) return null;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
  }
  return String(value);
}

/** Equal values; numbers may differ by what binary floats lose. */
export function same(one, other) {
  if (typeof one === 'number' && typeof other === 'number') {
    return Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one), Math.abs(other));
  }
  if (one === null || other === null || typeof one !== 'object' || typeof other !== 'object') {
    return (one ?? null) === (other ?? null);
  }
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Array.isArray(one) === Array.isArray(other) && [...names].every((name) => same(one[name], other[name]));
}
