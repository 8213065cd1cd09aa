// Executes a case in npm bpmn-engine: its expressions, services and timers are those of a World.

import { EventEmitter } from 'node:events';
import { SequenceFlow } from 'bpmn-elements/flows';
import { Engine } from 'bpmn-engine';

// The engine also walks the ways that are not taken, all of them for each choice, to tell joins of
// inclusive gateways that nothing comes. There are none, and with ways back this takes seconds.
SequenceFlow.prototype.discard = () => {};

const RealDate = Date;

/** Runs a case to where the scenario leaves it. */
export async function run(source, world) {
  const timers = new VirtualTimers(world);
  const listener = new EventEmitter();
  const waiting = new Map();
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
        execute(_scope, next) {
          world.script(activity.id);
          next(null, {});
        },
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
              execute(_message, next) {
                const done = world.work(activity.id);
                if (done.waits) return;
                if (done.error) return next(Object.assign(new Error(done.error), { code: done.error }));
                next(null, {});
              },
            };
          };
        }
      },
    },
  });
  let failure = null;
  const typeOf = (id) => world.facts.get(id)?.type;
  listener.on('activity.start', ({ id }) => {
    if (typeOf(id) === 'bpmn:SubProcess') world.entered(id);
  });
  listener.on('activity.wait', (api) => {
    if (typeOf(api.id) === 'bpmn:UserTask') world.offered(api.id);
    if (['bpmn:UserTask', 'bpmn:IntermediateCatchEvent'].includes(typeOf(api.id))) waiting.set(api.id, api);
  });
  listener.on('activity.end', ({ id }) => {
    waiting.delete(id);
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
      await new Promise(setImmediate);
      const next = world.next([...waiting.keys()]);
      if (next.stuck) return [next.stuck];
      if (next.until !== undefined) timers.advance(next.until);
      else if (next.complete) waiting.get(next.complete).signal();
      else break;
    }
    await new Promise(setImmediate);
  } catch (error) {
    failure ??= error;
  } finally {
    globalThis.Date = RealDate;
    engine.stop();
  }
  return failure ? [`the engine failed: ${failure.message}`] : world.differences();
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
