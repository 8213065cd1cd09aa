"""Plays a scenario on the interpreter and tells where it differs from the reference trace."""

import threading
from datetime import datetime, timedelta, timezone

import contracts
import interpreter
from interpreter import Refused, Silent

# How long the interpreter may think before a case counts as hanging, in seconds.
PATIENCE = 20


class Differs(Exception):
    """What is not as in the reference."""


class Clock:
    def __init__(self, start):
        self.now = datetime.fromisoformat(start)

    def millis(self):
        return round(self.now.timestamp() * 1000)

    def text(self):
        return self.now.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def pass_by(self, seconds):
        self.now += timedelta(seconds=seconds)


class Pending:
    """A message with a token that nobody has answered."""

    def __init__(self, body, due, endpoint):
        self.body, self.due, self.endpoint = body, due, endpoint
        self.outcome = None
        self.answered = threading.Event()
        self.votes = []

    def answer(self, outcome):
        self.outcome = outcome
        self.answered.set()


class World:
    """What surrounds one execution: handlers, the work list, the clock."""

    def __init__(self, plan, calendars, case):
        self.plan, self.calendars, self.case = plan, calendars, case
        self.replay = case["replay"]
        self.clock = Clock(self.replay["at"])
        self.pending, self.raised, self.attempted = [], [], []
        self.results, self.journal, self.fired = {}, [], []
        self.error, self.env = None, None
        self.changed = threading.Condition()
        self.asked = self.questions()
        self.kinds, self.told = dict(kinds(plan["states"])), []
        self.undoable, self.notes = set(undoable(plan["states"])), 0

    def questions(self):
        """Every request of the reference with what became of it."""
        answers = {}
        for event in self.replay["events"]:
            if event["event"] == "answered":
                answers.setdefault(self.attempt(event), []).append(event)
        found = []
        for entry in self.case["trace"]:
            if entry["what"] == "attempted":
                left = answers.get(self.attempt(entry), [])
                found.append((entry, left.pop(0) if left else None))
        return found

    @staticmethod
    def attempt(entry):
        return (entry["step"], entry.get("item"), entry["attempt"], bool(entry.get("undoes")))

    # What the interpreter calls.

    def invoked(self, function, payload, attempt):
        if function == "flowgate-contracts":
            fields = self.fields(payload["shape"])
            return {"value": contracts.defaulted(fields, payload["value"]), "fits": contracts.fits(fields, payload["value"])}
        if function == "flowgate-calendar":
            start = datetime.fromisoformat(payload["from"].replace("Z", "+00:00"))
            until = self.calendars[payload["calendar"]].add(start, payload["weeks"], payload["days"], payload["seconds"])
            return {"until": until.strftime("%Y-%m-%dT%H:%M:%SZ")}
        if function == "flowgate-journal":
            if "note" in payload:
                with self.changed:
                    self.journal.append(payload["note"])
                    self.notes += 1
                    self.changed.notify_all()
                return {}
            notes, self.journal = self.journal, []
            return {"value": notes}
        if function == "flowgate-messages" and self.kinds[payload["step"]] != "notify":
            self.told.append(payload["step"])
            return {}
        return self.handled(function, payload, attempt)

    def handled(self, function, payload, attempt):
        request = requested(function, payload, attempt)
        with self.changed:
            for number, (entry, answer) in enumerate(self.asked):
                if same_request(request, entry):
                    del self.asked[number]
                    self.changed.notify_all()
                    break
            else:
                wanted = [entry for entry, _ in self.asked if entry["step"] == request["step"]][:1]
                self.error = f"requested {request}, and the reference {wanted}"
                self.changed.notify_all()
                self.changed.release()
                # The case has failed; what goes on would disturb those after it.
                threading.Event().wait()
            self.attempted.append(entry)
        sends = payload.get("sends")
        if sends and not self.fits_sent(sends, payload.get("with")):
            raise Refused("flowgate.ContractViolation")
        if answer is None:
            raise Refused("flowgate.NoAnswer")
        if answer.get("silent"):
            raise Silent
        if answer.get("error"):
            raise Refused(answer["error"])
        return {"value": answer["result"], "fits": self.fits(payload.get("returns"), answer["result"])}

    def sent(self, body, seconds, env):
        self.announced = (body, seconds)

    def waited(self, endpoint):
        body, seconds = self.announced
        due = None if seconds is None else self.clock.now + timedelta(seconds=seconds)
        pending = Pending(body, due, endpoint)
        with self.changed:
            if body["kind"] == "exception":
                raised = body["raised"]
                self.raised.append((raised["reason"], raised["state"], raised.get("step")))
            self.pending.append(pending)
            self.changed.notify_all()
        pending.answered.wait()
        return pending.outcome

    def paused(self, name, seconds):
        pending = Pending({"kind": "pause", "step": name.split(".")[-1]}, self.clock.now + timedelta(seconds=seconds), None)
        with self.changed:
            self.pending.append(pending)
            self.changed.notify_all()
        pending.answered.wait()

    def broke(self, error):
        self.error = f"the interpreter failed: {error!r}"

    def ended(self, env):
        with self.changed:
            self.env = env
            self.changed.notify_all()

    # What people and time do.

    def wait_for(self, fits, what):
        with self.changed:
            is_there = self.changed.wait_for(
                lambda: self.error or self.env or any(fits(each) for each in self.pending), PATIENCE
            )
            found = next((each for each in self.pending if fits(each)), None)
        if found:
            return found
        if self.error:
            raise Differs(self.error)
        if not is_there:
            raise Differs(f"nothing happens: {what} is waited for")
        ended = vars(self.env.program_state()).get("error") or self.env.states.get_input()
        raise Differs(f"the execution ended where {what} is waited for: {ended}")

    def take(self, pending, outcome):
        with self.changed:
            self.pending.remove(pending)
        pending.answer(outcome)

    def succeed(self, pending, answer):
        self.take(pending, interpreter.success(pending.endpoint, answer))

    def fail(self, pending, error):
        self.take(pending, interpreter.failure(pending.endpoint, error))

    def step(self, name):
        return self.wait_for(lambda each: each.body.get("step") == name, f"the step {name}")

    def play(self):
        for event in self.replay["events"]:
            getattr(self, f"on_{event['event']}")(event)

    def on_answered(self, event):
        pass

    def on_passed(self, event):
        to = datetime.fromisoformat(event["to"])
        if "action" not in event:
            # Time between attempts passes where they are made.
            return
        self.wait_for(lambda each: True, "somebody who waits")
        if datetime.fromisoformat(event["at"]) < to:
            self.settle(event["at"])
        self.clock.now = max(self.clock.now, to)
        with self.changed:
            late = [each for each in self.pending if each.due and each.due <= self.clock.now]
        for pending in late:
            if pending.body["kind"] != "pause":
                self.fired.append(pending.body["step"])
            self.take(pending, None)

    def settle(self, at):
        """Branches do at once what they do at a moment; here their threads may need a while."""
        until = datetime.fromisoformat(at)

        def is_before(entry):
            return datetime.fromisoformat(entry["at"]) <= until

        done = [entry for entry in self.case["trace"] if entry["what"] == "done" and entry["step"] in self.undoable]
        notes = len([entry for entry in done if is_before(entry)])

        def is_settled():
            return self.notes >= notes and not any(is_before(entry) for entry, _ in self.asked)

        with self.changed:
            self.changed.wait_for(lambda: self.error or self.env or is_settled(), PATIENCE)

    def on_attached(self, event):
        pending = self.step(event["step"])
        pending.evidence = set(event["evidence"])
        if set(pending.body.get("evidence", [])) - pending.evidence:
            self.fail(pending, "flowgate.MissingEvidence")
        elif nobody_left(pending.body):
            self.fail(pending, "flowgate.NobodyLeft")

    def on_decided(self, event):
        pending = self.step(event["step"])
        body, person = pending.body, event["person"]
        refused = event.get("refused", {}).get("because")
        if (person in body["exclude"]) != (refused == "exclude"):
            raise Differs(f"{person} is excluded on one side only: {body['exclude']}")
        if refused:
            return
        if event["agrees"]:
            pending.votes.append(person)
        needed = body["count"] if body["count"] != "all" else self.everybody(event["step"])
        if event["agrees"] and len(pending.votes) < needed:
            return
        decision = "approved" if event["agrees"] else "rejected"
        value = {"decision": decision, "approver": person, "approvers": list(pending.votes), "decided_at": event["at"]}
        if event.get("comment"):
            value["comment"] = event["comment"]
        self.succeed(pending, {"value": value, "fits": True, "data": event.get("data", {})})

    def everybody(self, step):
        asked = [entry for entry in self.case["trace"] if entry["what"] == "asked" and entry["step"] == step]
        return len([each for each in asked[0]["people"] if each["as"] == "own"])

    def on_completed(self, event):
        pending = self.step(event["step"])
        if event.get("refused"):
            return
        result = event["result"] or {}
        fits = self.fits(pending.body.get("returns"), result)
        value = {**result, "completed_by": event["person"], "completed_at": event["at"]}
        self.succeed(pending, {"value": value, "fits": fits})

    def on_arrived(self, event):
        pending = self.wait_for(lambda each: each.body.get("event") == event["name"], event["name"])
        fits = self.fits(pending.body.get("returns"), event["data"])
        self.succeed(pending, {"value": event["data"], "fits": fits})

    def on_resolved(self, event):
        pending = self.wait_for(lambda each: each.body.get("queue") == event["of"], event["of"])
        if event.get("refused"):
            return
        ways = pending.body["ways"]
        to = event.get("to") or ways[0]
        if to not in ways:
            raise Differs(f"{to} is not offered: {ways}")
        own = self.fields(self.plan["input"])
        data = event.get("data") or {}
        answer = {"to": to, "by": event["person"]}
        corrected = {name: value for name, value in data.items() if name in own}
        supplied = {name: value for name, value in data.items() if name not in own}
        if corrected:
            answer["input"] = corrected
        if supplied:
            answer["data"] = supplied
        self.succeed(pending, answer)

    def on_closed(self, event):
        pending = self.wait_for(lambda each: each.body["kind"] == "fallback", "manual mode")
        self.succeed(pending, {"end": event["end"], "by": event["person"]})

    def on_moved(self, event):
        pending = self.wait_for(lambda each: each.body["kind"] == "move", "a way out")
        if event.get("refused"):
            return
        target = event.get("to")
        state = self.plan["states"][pending.body["state"]]
        for way in pending.body["ways"]:
            leads = state["transitions"][way["way"]]["leads"]
            if target in (None, leads.get("to"), leads.get("raise")) and way["holds"]:
                return self.succeed(pending, {"way": way["way"], "data": event.get("data") or {}})
        raise Differs(f"no way leads to {target}")

    # Contracts.

    def fields(self, shape):
        if "contract" in shape:
            return self.plan["contracts"][shape["contract"]].get("fields", {})
        return shape["fields"]

    def fits(self, contract, data):
        if not contract:
            return True
        return contracts.fits(self.plan["contracts"][contract].get("fields", {}), data)

    def fits_sent(self, contract, data):
        whole = self.fits(contract, data)
        only = list(data.values()) if isinstance(data, dict) else []
        return whole or (len(only) == 1 and self.fits(contract, only[0]))


def nobody_left(body):
    """True when only named people are asked, and too few of them may decide."""
    asked = [each.get("person", each.get("people")) for each in body["ask"]]
    left = [person for person in asked if person not in body["exclude"]]
    return all(asked) and body["count"] != "all" and len(left) < body["count"]


def kinds(part):
    """Every step below a part of a plan with its kind."""
    if isinstance(part, dict):
        if "work" in part:
            yield part["id"], part["work"]["kind"]
        for each in part.values():
            yield from kinds(each)
    elif isinstance(part, list):
        for each in part:
            yield from kinds(each)


def undoable(part, is_inside=False):
    """Every step in a block below a part of a plan that is noted when it is done, to undo it later."""
    if isinstance(part, dict):
        if is_inside and "work" in part and "compensate" in part:
            yield part["id"]
        is_inside = is_inside or part.get("kind") in ("for_each", "parallel")
        for each in part.values():
            yield from undoable(each, is_inside)
    elif isinstance(part, list):
        for each in part:
            yield from undoable(each, is_inside)


def requested(function, payload, attempt):
    """A request in the words of the reference."""
    step = payload.get("undoes") or payload["step"]
    request = {"step": step, "undoes": "undoes" in payload, "attempt": attempt}
    if function == "flowgate-events":
        request.update(to=payload["event"], **{"with": payload.get("with")})
    elif function == "flowgate-messages":
        # Who is in a team or holds a role is looked up when they are told.
        request.update(to=payload["to"].get("person", payload["to"].get("people")), **{"with": payload.get("message")})
    else:
        system = function.removeprefix("flowgate-")
        request.update(to=f"{system}.{payload['operation']}", **{"with": payload.get("with")})
    request["key"] = payload.get("idempotency_key")
    return request


def same_request(request, entry):
    return (
        request["step"] == entry["step"]
        and request["attempt"] == entry["attempt"]
        and request["undoes"] == bool(entry.get("undoes"))
        and request["to"] in (entry["to"], None)
        and request["with"] == entry.get("with")
        and request["key"] == entry.get("key")
    )


def entered(env, plan):
    events = env.event_manager.get_event_history()
    names = [
        event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event
    ]
    # A state that may be entered so often is entered where its visits are counted.
    entries = {
        f"{name}: entry" if "max_visits" in state else name: name for name, state in plan["states"].items()
    }
    return [entries[name] for name in names if name in entries], len(events)


def play(program, plan, calendars, case):
    """Raises `Differs` with the first difference; gives the number of events of the history."""
    replay = case["replay"]
    world = World(plan, calendars, case)
    interpreter.use(world)
    given = {"input": replay["input"], "requester": replay["requester"]}
    env = interpreter.execute(program, replay["workflow"], replay["id"], given)
    # What still waits then waits for ever, on threads that end with the process.
    world.play()
    compare_outcome(world, replay["outcome"])
    path, events = entered(env, plan)
    compare(world, case, path)
    return events


def compare_outcome(world, outcome):
    kind = outcome["is"]
    if kind == "ended":
        with world.changed:
            world.changed.wait_for(lambda: world.env or world.error or world.pending, PATIENCE)
        if world.error:
            raise Differs(world.error)
        if not world.env:
            raise Differs(f"still waits: {[each.body.get('step') or each.body['kind'] for each in world.pending]}")
        state = world.env.program_state()
        output = world.env.states.get_input()
        if "error" in vars(state) and vars(state)["error"]:
            raise Differs(f"failed: {vars(state)['error']}")
        if output.get("end") != outcome["end"]:
            raise Differs(f"ended {output}, and the reference {outcome}")
    elif kind == "queued":
        pending = world.wait_for(lambda each: each.body["kind"] == "exception", "a queue")
        if pending.body["queue"] != outcome["queue"]:
            raise Differs(f"waits in {pending.body['queue']}, and the reference in {outcome['queue']}")
    elif kind == "waiting":
        for step in outcome["steps"]:
            world.step(step)
    elif kind == "manual":
        world.wait_for(lambda each: each.body["kind"] == "fallback", "manual mode")
    else:
        raise Differs(f"an outcome that is not known: {outcome}")


def compare(world, case, path):
    trace = case["trace"]
    differs("states", path, [entry["state"] for entry in trace if entry["what"] == "entered"])
    raised = [
        (entry["reason"], entry["place"]["state"], entry["place"].get("step"))
        for entry in trace
        if entry["what"] == "raised"
    ]
    differs("reasons", world.raised, raised)
    waiting = {entry["step"] for entry in trace if entry["what"] in ("asked", "waiting")}
    fired = [
        entry["place"]["step"]
        for entry in trace
        if entry["what"] == "timer_fired" and "rung" in entry and entry["place"].get("step") in waiting
    ]
    differs("limits of time that passed", world.fired, fired)
    told = [entry["place"]["step"] for entry in trace if entry["what"] == "told" and "step" in entry["place"]]
    differs("people who were told", world.told, told)
    if world.error:
        raise Differs(world.error)
    if world.asked:
        raise Differs(f"never requested: {[entry['step'] for entry, _ in world.asked]}")
    results = {entry["step"]: entry["result"] for entry in trace if entry["what"] == "done" and "result" in entry}
    for step, result in results.items():
        if step in world.results and not same(world.results[step], result):
            raise Differs(f"{step} gave {world.results[step]}, and the reference {result}")


def differs(what, own, reference):
    if own != reference:
        raise Differs(f"{what} {own}, and the reference {reference}")


def same(own, reference):
    """Equal values; instants may be written in different offsets."""
    if isinstance(own, dict) and isinstance(reference, dict):
        names = set(own) | set(reference)
        return all(same(own.get(name), reference.get(name)) for name in names)
    if isinstance(own, list) and isinstance(reference, list):
        return len(own) == len(reference) and all(map(same, own, reference))
    if isinstance(own, str) and isinstance(reference, str) and own != reference:
        try:
            return datetime.fromisoformat(own) == datetime.fromisoformat(reference)
        except ValueError:
            return False
    return own == reference
