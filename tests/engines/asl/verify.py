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
PROJECT = EXAMPLES / "back-office"


def flowgate(*arguments):
    called = subprocess.run([FLOWGATE, *arguments], cwd=PROJECT, capture_output=True, text=True)
    if called.returncode == 2:
        sys.exit(f"flowgate {' '.join(arguments)}: {called.stderr}")
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
    """Plays the cases of one workflow."""
    import clocks
    import interpreter
    import playing

    name, definition, plan, cases = job
    program = interpreter.parse(definition)
    calendars = {key: clocks.Calendar(value, PROJECT) for key, value in plan.get("calendars", {}).items()}
    results = []
    for case in cases:
        try:
            playing.play(program, plan, calendars, case)
            results.append((f"{name}: {case['name']}", None))
        except Exception as differs:  # noqa: BLE001 - every difference is told
            results.append((f"{name}: {case['name']}", differs if isinstance(differs, playing.Differs) else repr(differs)))
    return results


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    flowgate("compile", "--target", "asl", "--out", str(WORK))
    flowgate("compile", "--target", "plan", "--out", str(WORK))
    report = json.loads(flowgate("test", "--format", "json", "--trace"))
    wanted = sys.argv[1:]
    definitions = {path.name.removesuffix(".asl.json"): path for path in sorted(WORK.glob("*.asl.json"))}
    for name, verdict in validated(definitions.values()).items():
        told(f"asl-validator accepts {Path(name).name}", None if verdict == "ok" else verdict)
    check_mutants(definitions)
    check_expressions()
    jobs = []
    for workflow in report["workflows"]:
        name = workflow["name"]
        plan = json.loads((WORK / f"{name}.plan.json").read_text())
        cases = [case for case in workflow["cases"] if "replay" in case]
        if wanted:
            cases = [case for case in cases if any(word in f"{name}: {case['name']}" for word in wanted)]
        half = (len(cases) + 1) // 2
        jobs += [(name, definitions[name].read_text(), plan, part) for part in (cases[:half], cases[half:]) if part]
    with Pool(2) as pool:
        for results in pool.imap(played, jobs):
            for name, why in results:
                told(name, why)


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
