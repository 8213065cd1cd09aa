// Executes a case in npm bpmn-engine: its expressions, services and timers are those of a World.

import { EventEmitter } from 'node:events';
import { ErrorEventDefinition } from 'bpmn-elements/eventDefinitions';
import { SequenceFlow } from 'bpmn-elements/flows';
import { Engine } from 'bpmn-engine';

// The engine also walks the ways that are not taken, all of them for each choice, to tell joins of
// inclusive gateways that nothing comes. There are none, and with ways back this takes seconds.
SequenceFlow.prototype.discard = () => {};

// An error event keeps errors that were thrown before its activity began, and catches them then.
const { executeCatch } = ErrorEventDefinition.prototype;
ErrorEventDefinition.prototype.executeCatch = function fromNowOn(message) {
  for (const own of Object.getOwnPropertySymbols(this)) this[own]?.purge?.();
  return executeCatch.call(this, message);
};

const RealDate = Date;

/** Runs a case to where the scenario leaves it. */
export async function run(source, world) {
  const timers = new VirtualTimers(world);
  // An activity is left when the call stack that ended it is; until then its error events listen.
  let pending = 0;
  const soon = (work) => {
    pending += 1;
    setImmediate(() => {
      pending -= 1;
      try {
        work();
      } catch (error) {
        failure ??= error;
      }
    });
  };
  const idle = async () => {
    do await new Promise(setImmediate);
    while (pending > 0);
  };
  const listener = new EventEmitter();
  const waiting = new Map();
  let failure = null;
  const engine = new Engine({
    name: world.replay.id,
    source,
    timers,
    listener: undefined,
    expressions: {
      resolveExpression: (text) => (world.isExpression(text) ? world.value(text) : text),
      isExpression: () => false,
      hasExpression: () => false,
    },
    scripts: {
      register() {},
      getScript: (_language, activity) => activity.type === 'bpmn:ScriptTask' && ({
        execute: (_scope, next) => soon(() => {
          world.script(activity.id);
          next(null, {});
        }),
      }),
    },
    extensions: {
      flowgate(activity) {
        // With several starts the engine walks every way through the process beforehand, which
        // takes minutes where there are ways back; nothing here needs what it finds.
        activity.shake = () => {};
        if (['bpmn:ServiceTask', 'bpmn:SendTask'].includes(activity.type)) {
          activity.behaviour.Service = function service() {
            return {
              execute: (_message, next) => soon(() => {
                const done = world.work(activity.id);
                if (done.waits) return;
                if (done.error) next(Object.assign(new Error(done.error), { code: done.error }));
                else next(null, {});
              }),
            };
          };
        }
      },
    },
  });
  const typeOf = (id) => world.facts.get(id)?.type;
  const items = new Map();
  const scopeOf = ({ id }) => {
    const scope = world.facts.get(id)?.within;
    return world.facts.get(scope)?.each && scope;
  };
  listener.on('activity.start', (api) => {
    if (typeOf(api.id) === 'bpmn:SubProcess') world.entered(api.id);
    const scope = typeOf(api.id) === 'bpmn:StartEvent' && scopeOf(api);
    if (!scope) return;
    const index = world.begunItems(scope);
    items.set(api.content.parent.executionId, index);
    world.item(scope, index);
  });
  listener.on('activity.wait', (api) => {
    if (typeOf(api.id) === 'bpmn:UserTask') world.offered(api.id);
    if (['bpmn:UserTask', 'bpmn:IntermediateCatchEvent'].includes(typeOf(api.id))) waiting.set(api.id, api);
  });
  listener.on('activity.end', (api) => {
    const { id } = api;
    waiting.delete(id);
    const scope = typeOf(id) === 'bpmn:EndEvent' && scopeOf(api);
    if (scope) world.itemDone(scope, items.get(api.content.parent.executionId));
    const type = typeOf(id);
    const isCaught = type === 'bpmn:IntermediateCatchEvent' && !world.facts.get(id).message;
    if (isCaught || ['bpmn:BoundaryEvent', 'bpmn:SubProcess', 'bpmn:EndEvent'].includes(type)) world.passed(id);
  });
  listener.on('activity.leave', ({ id }) => waiting.delete(id));
  engine.on('error', (error) => (failure ??= error));
  world.start('start');
  globalThis.Date = timers.date;
  try {
    await engine.execute({ listener });
    for (let steps = 0; steps < 1000 && !failure; steps += 1) {
      await idle();
      const next = world.next([...waiting.keys()]);
      if (next.stuck) return [next.stuck];
      if (next.until !== undefined) timers.advance(next.until);
      else if (next.complete) signal(engine, waiting.get(next.complete), world.facts.get(next.complete));
      else break;
    }
    await idle();
  } catch (error) {
    failure ??= error;
  } finally {
    globalThis.Date = RealDate;
    engine.stop();
  }
  return failure ? [`the engine failed: ${failure.message}`] : world.differences();
}

/** Ends what waits: messages are sent to the process, people answer their task. */
function signal(engine, waiting, { messageId }) {
  if (messageId) engine.execution.signal({ id: messageId });
  else waiting.signal();
}

/** Time passes when the scenario says so. */
class VirtualTimers {
  constructor(world) {
    this.world = world;
    this.pending = [];
    const now = () => world.now;
    this.date = class extends RealDate {
      constructor(...from) {
        if (from.length === 0) super(now());
        else super(...from);
      }
      static now() {
        return now();
      }
    };
    this.register = () => this;
    this.setTimeout = (callback, delay, ...rest) => {
      const timer = { callback, at: world.now + delay, rest };
      this.pending.push(timer);
      return timer;
    };
    this.clearTimeout = (timer) => {
      this.pending = this.pending.filter((one) => one !== timer);
    };
    this.executing = [];
  }

  advance(until) {
    for (;;) {
      const due = this.pending.filter((one) => one.at <= until).sort((one, other) => one.at - other.at)[0];
      if (!due) break;
      this.clearTimeout(due);
      this.world.now = Math.max(this.world.now, due.at);
      due.callback(...due.rest);
    }
    this.world.now = Math.max(this.world.now, until);
  }
}
