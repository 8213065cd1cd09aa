"""Executes cases in SpiffWorkflow; workers, people, time and FEEL are those of a World (world.mjs)."""

import json
import os
import subprocess
import sys
from datetime import datetime, timezone

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.event_definitions import timer
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

HERE = os.path.dirname(os.path.abspath(__file__))


class World:
    """The World of serve.mjs."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["node", os.path.join(HERE, "serve.mjs")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        self.now = 0

    def ask(self, call, *args):
        self.process.stdin.write(json.dumps({"call": call, "args": args}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["answer"]


WORLD = World()


class Clock(datetime):
    """Time passes when the scenario says so."""

    @classmethod
    def now(cls, tz=None):
        return datetime.fromtimestamp(WORLD.now / 1000, tz or timezone.utc)


timer.datetime = Clock


class Feel(PythonScriptEngine):
    """Expressions are FEEL, and the data is that of the World."""

    def evaluate(self, task, expression, external_context=None):
        if expression.lstrip("=") in WORLD.expressions:
            return WORLD.ask("value", expression)
        return expression


class Work(BpmnSpecMixin):
    """A task of a worker."""

    def _run_hook(self, task):
        done = WORLD.ask("work", self.bpmn_id)
        if done.get("waits"):
            return None
        code = done.get("error")
        if code is None:
            return True
        event = ErrorEventDefinition(code, code)
        task.workflow.top_workflow.catch(BpmnEvent(event, payload={}, target=task.workflow))
        return None


class Script(BpmnSpecMixin):
    """A script in FEEL."""

    def _run_hook(self, task):
        WORLD.ask("script", self.bpmn_id)
        return True


class Parser(BpmnParser):
    OVERRIDE_PARSER_CLASSES = {
        full_tag("serviceTask"): (TaskParser, Work),
        full_tag("sendTask"): (TaskParser, Work),
        full_tag("scriptTask"): (TaskParser, Script),
    }


EVENTS = ("BoundaryEvent", "IntermediateCatchEvent")


def listen(specs):
    """Tells the World which nodes begin and end."""
    for spec in specs:
        for task_spec in spec.task_specs.values():
            identifier = getattr(task_spec, "bpmn_id", None)
            if identifier not in WORLD.ids:
                continue
            name = type(task_spec).__name__
            if isinstance(task_spec, SubWorkflowTask):
                task_spec.completed_event.connect(ended)
            elif name in EVENTS:
                task_spec.completed_event.connect(caught)
            elif "MultiInstance" in name:
                task_spec.completed_event.connect(ended)


def iteration(task):
    parent = task.parent
    data = task.internal_data
    if "MultiInstance" in type(parent.task_spec).__name__:
        index = data.get("item", data.get("key_or_index"))
        return index
    return None


def began(spec, task):
    """A scope begins: noted before anything inside it runs."""
    index = iteration(task)
    if index is None:
        WORLD.ask("entered", task.task_spec.bpmn_id)
    else:
        WORLD.ask("item", task.parent.task_spec.bpmn_id, index)


    start_workflow(spec, task)


start_workflow = SubWorkflowTask.start_workflow
SubWorkflowTask.start_workflow = began


def ended(_, task):
    index = iteration(task)
    if index is None:
        WORLD.ask("passed", task.task_spec.bpmn_id)
    else:
        WORLD.ask("itemDone", task.parent.task_spec.bpmn_id, index)


def caught(_, task):
    event = type(task.task_spec.event_definition).__name__
    is_catch = type(task.task_spec).__name__ == "IntermediateCatchEvent"
    if not (is_catch and event in ("MessageEventDefinition", "SignalEventDefinition")):
        WORLD.ask("passed", task.task_spec.bpmn_id)


def waiting(workflow):
    """The nodes that people and messages can end."""
    found = {}
    for task in workflow.get_tasks():
        identifier = getattr(task.task_spec, "bpmn_id", None)
        name = type(task.task_spec).__name__
        if task.state == TaskState.READY and task.task_spec.manual and name != "IntermediateCatchEvent":
            found.setdefault(identifier, task)
        elif task.state == TaskState.WAITING and name == "IntermediateCatchEvent":
            found.setdefault(identifier, task)
    return found


def run(path, played):
    """Plays one case; gives what differs from the reference."""
    read = WORLD.ask("new", path, played)
    WORLD.ids = set(read["ids"])
    WORLD.expressions = set(read["expressions"])
    WORLD.now = datetime.fromisoformat(played["replay"]["at"]).timestamp() * 1000
    parser = Parser()
    parser.add_bpmn_file(path)
    spec = parser.get_spec(read["process"])
    specs = parser.get_subprocess_specs(read["process"])
    WORLD.ask("start", "start")
    listen([spec, *specs.values()])
    workflow = BpmnWorkflow(spec, specs, script_engine=Feel())
    workflow.do_engine_steps()
    offered = set()
    for _ in range(1000):
        found = waiting(workflow)
        for identifier, task in found.items():
            if task.id not in offered and task.task_spec.manual:
                offered.add(task.id)
                WORLD.ask("offered", identifier)
        following = WORLD.ask("next", list(found))
        if "stuck" in following:
            return [following["stuck"]]
        if "until" in following:
            advance(workflow, following["until"])
        elif "complete" in following:
            task = found[following["complete"]]
            if task.task_spec.manual and task.state == TaskState.READY:
                task.run()
            else:
                workflow.send_event(BpmnEvent(task.task_spec.event_definition, payload={}))
        else:
            break
        workflow.do_engine_steps()
    return WORLD.ask("differences")


def advance(workflow, until):
    """Lets time pass, from one timer to the next."""
    while True:
        due = [event.value for event in workflow.waiting_events() if event.event_type == "TimerEventDefinition"]
        moments = [moment(each) for each in due]
        following = min((each for each in moments if each <= until), default=None)
        if following is None:
            break
        WORLD.now = max(WORLD.now, following)
        WORLD.ask("pass", WORLD.now)
        workflow.refresh_timers()
        workflow.do_engine_steps()
    WORLD.now = max(WORLD.now, until)
    WORLD.ask("pass", WORLD.now)


def moment(value):
    return datetime.fromisoformat(value).timestamp() * 1000


def main():
    """Cases as lines of JSON on standard input, verdicts as lines on standard output."""
    for line in sys.stdin:
        case = json.loads(line)
        try:
            differences = run(case["path"], case["case"])
        except Exception as error:  # noqa: BLE001 - whatever an engine throws is a failed case
            differences = [f"{type(error).__name__}: {error}"]
        print(json.dumps(differences), flush=True)


if __name__ == "__main__":
    main()
