"""Compiles the examples to state machines, judges them, and plays every scenario on them."""

import json
import os
import subprocess
import sys
from multiprocessing import Pool
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
FLOWGATE = os.environ.get("FLOWGATE", str(ROOT / "target/debug/flowgate"))
EXAMPLES = Path(os.environ.get("EXAMPLES", ROOT / "examples"))
WORK = Path(os.environ.get("WORK", "/tmp/flowgate-asl"))
PROJECTS = [EXAMPLES / "back-office", EXAMPLES / "starter", HERE / "more"]


def flowgate(project, *arguments):
    called = subprocess.run([FLOWGATE, *arguments], cwd=project, capture_output=True, text=True)
    if called.returncode != 0:
        sys.exit(f"flowgate {' '.join(arguments)}: {called.stdout[:2000]}{called.stderr}")
    return called.stdout


def told(name, why=None):
    print(f"ok {name}" if why is None else f"FAILED {name}: {' '.join(str(why).split())[:600]}", flush=True)


def validated(paths):
    """What asl-validator says of each definition."""
    called = subprocess.run(
        ["node", str(HERE / "validate.mjs"), *map(str, paths)], cwd=HERE, capture_output=True, text=True, check=True
    )
    return dict(line.split("\t", 1) for line in called.stdout.splitlines())


def mutants(definition):
    """Broken copies of a definition: what each breaks, and the copy."""
    def broken(change):
        copy = json.loads(definition)
        change(copy)
        return copy

    def first(copy, kind):
        return next(state for state in copy["States"].values() if state["Type"] == kind and "Next" in state)

    def choice(copy):
        return next(state for state in copy["States"].values() if state["Type"] == "Choice")

    def retried(copy):
        return next(state for state in copy["States"].values() if len(state.get("Retry", [])) > 1)

    changes = {
        "a target that does not exist": lambda copy: first(copy, "Task").update(Next="nowhere"),
        "a type that does not exist": lambda copy: first(copy, "Pass").update(Type="Pas"),
        "an expression that is none": lambda copy: choice(copy)["Choices"][0].update(Condition="{% $not( %}"),
        "a retrier with negative attempts": lambda copy: retried(copy)["Retry"][1].update(MaxAttempts=-1),
        "no start": lambda copy: copy.pop("StartAt"),
    }
    return {name: broken(change) for name, change in changes.items()}


def played(job):
    """Plays the cases of one workflow: each name with where it differs, or nothing."""
    import clocks
    import interpreter
    import playing

    name, definition, plan, cases, project = job
    program = interpreter.parse(definition)
    calendars = {key: clocks.Calendar(value, project) for key, value in plan.get("calendars", {}).items()}
    results = []
    for case in cases:
        try:
            playing.play(program, plan, calendars, case)
            results.append((f"{name}: {case['name']}", None))
        except playing.Differs as differs:
            results.append((f"{name}: {case['name']}", str(differs)))
        except Exception as error:  # noqa: BLE001 - a fault of the player fails the case too
            results.append((f"{name}: {case['name']}", repr(error)))
    return results


def jobs_of(project, wanted):
    """Compiles a project, and divides its cases into jobs."""
    work = WORK / project.name
    work.mkdir(parents=True, exist_ok=True)
    flowgate(project, "compile", "--target", "asl", "--out", str(work))
    flowgate(project, "compile", "--target", "plan", "--out", str(work))
    report = json.loads(flowgate(project, "test", "--format", "json", "--trace"))
    jobs = []
    for workflow in report["workflows"]:
        name = workflow["name"]
        plan = json.loads((work / f"{name}.plan.json").read_text())
        definition = (work / f"{name}.asl.json").read_text()
        cases = [case for case in workflow["cases"] if "replay" in case]
        if wanted:
            cases = [case for case in cases if any(word in f"{name}: {case['name']}" for word in wanted)]
        half = (len(cases) + 1) // 2
        jobs += [(name, definition, plan, part, project) for part in (cases[:half], cases[half:]) if part]
    return jobs


def main():
    wanted = sys.argv[1:]
    jobs = [job for project in PROJECTS for job in jobs_of(project, wanted)]
    definitions = {path.name.removesuffix(".asl.json"): path for path in sorted(WORK.glob("*/*.asl.json"))}
    for name, verdict in validated(definitions.values()).items():
        told(f"asl-validator accepts {Path(name).name}", None if verdict == "ok" else verdict)
    check_mutants(definitions)
    check_expressions()
    with Pool(2) as pool:
        broken = pool.map_async(played, [] if wanted else wrong(jobs))
        for results in pool.imap(played, jobs):
            for name, why in results:
                told(name, why)
        for results in broken.get():
            for name, why in results:
                told(f"the player notices {name.split(': ')[0]}", None if why else "it does not")


def wrong(jobs):
    """Jobs that must fail: state machines that mean something else, and traces of something else."""
    definition, plan, project = next((job[1], job[2], job[4]) for job in jobs if job[0] == "purchase-approval")
    cases = {case["name"]: case for job in jobs if job[0] == "purchase-approval" for case in job[3]}

    def machine(change):
        copy = json.loads(definition)
        change(copy["States"])
        return json.dumps(copy)

    def turned(states):
        rule = states["approval: next"]["Choices"][1]
        rule["Condition"] = "{% $not(" + rule["Condition"][2:-2] + ") %}"

    def excluded(states):
        states["approval.budget_ok"]["Arguments"]["MessageBody"]["exclude"] = []

    def patient(states):
        states["approval.budget_ok: clock"]["Arguments"]["Payload"]["days"] = 2

    def eager(states):
        states["ordering.portal"]["Retry"][1]["MaxAttempts"] -= 1

    def astray(states):
        states["triage.vendor"]["Catch"][2]["Next"] = states["triage.vendor"]["Catch"][3]["Next"]

    def other(states):
        states["ordering.order"]["Arguments"]["Payload"]["with"]["total"] = 1

    changes = {
        "a guard that is turned around": (turned, "the budget owner says no"),
        "an exclusion that is lost": (excluded, "a budget owner cannot approve their own request"),
        "a limit of time that is longer": (patient, "after a day of silence the budget deputy decides"),
        "an attempt less": (eager, "a failed portal update is replayed and makes no second order"),
        "an error that is caught by another": (astray, "a supplier that ERP does not know"),
        "other data that is sent": (other, "a budget owner approves parts"),
    }
    jobs = [(name, machine(change), plan, [cases[case]], project) for name, (change, case) in changes.items()]
    case = json.loads(json.dumps(cases["a budget owner approves parts"]))
    case["trace"] = [entry for entry in case["trace"] if entry.get("state") != "done"]
    jobs.append(("a state that is not in the trace", definition, plan, [case], project))
    return jobs


def check_expressions():
    """Each expression has the value that our evaluator gave it; a wrong value must be noticed."""
    import expressions

    for name, why in expressions.judged():
        told(name, why)
    document = json.loads((HERE / "expressions.json").read_text())
    case = {**document["cases"][0], "values": [{"value": "wrong"} for _ in document["records"]]}
    noticed = expressions.differs(document["records"], case)
    told("JSONata: a wrong value is noticed", None if noticed else "it is not")


def check_mutants(definitions):
    """The validator and the interpreter must reject what is broken."""
    path = definitions["purchase-approval"]
    paths = {}
    for number, (name, mutant) in enumerate(mutants(path.read_text()).items()):
        paths[name] = WORK / f"mutant-{number}.json"
        paths[name].write_text(json.dumps(mutant))
    verdicts = validated(paths.values())
    for name, mutant in paths.items():
        accepted = verdicts[str(mutant)] == "ok"
        told(f"asl-validator rejects {name}", "it is accepted" if accepted else None)


if __name__ == "__main__":
    main()
