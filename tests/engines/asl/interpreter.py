"""The interpreter of moto in this process, with JSONata, a clock of our own, and stubs in place of
Lambda and SQS.

moto 5.2.5 ships without an evaluator for JSONata: `evaluated` is the hook that gives it one. Time is
virtual: `Clock.now` is what `$now()` and `$millis()` say and what limits of time are measured by;
nothing waits in earnest.
"""

import copy
import json
import logging
import threading
from datetime import datetime, timezone

import jsonata
from jsonata import functions, timebox, utils
from moto.stepfunctions.parser.api import EvaluationFailedEventDetails, HistoryEventType, StateMachineType
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.common.string.string_expression import StringJSONata
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import EvalTimeoutError
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_lambda import (
    StateTaskServiceLambda,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sqs import (
    StateTaskServiceSqs,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.retry.jitter_strategy_decl import JitterStrategyDecl
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.evaluation_details import AWSExecutionDetails
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext
from moto.stepfunctions.parser.asl.eval.variable_store import VariableStore
from moto.stepfunctions.parser.api import TaskFailedEventDetails
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

# Errors of executions are expected, and told by the cases.
logging.disable(logging.CRITICAL)

REGION, ACCOUNT = "eu-north-1", "123456789012"

# One expression is evaluated at a time: the evaluator keeps state of its own.
lock = threading.RLock()
# The world of the case that runs; cases run one after the other in a process.
world = None


def use(new):
    global world
    world = new


def to_null(value):
    """The data with the evaluator's own null, which it keeps apart from nothing."""
    if value is None:
        return utils.Utils.NULL_VALUE
    if isinstance(value, dict):
        return {key: to_null(each) for key, each in value.items()}
    if isinstance(value, list):
        return [to_null(each) for each in value]
    return value


def plain(value):
    """The data without sequences and other classes of the evaluator."""
    if value is utils.Utils.NULL_VALUE or value is None:
        return None
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


class Undefined(Exception):
    """An expression that has no value."""


def parsed_text(text):
    return to_null(json.loads(text))


def evaluate(expression, bindings):
    """The value of an expression.

    Raises `Undefined` when it has none, and whatever the evaluator raises.
    """
    with lock:
        program = jsonata.Jsonata(expression)
        program.output_convert_nulls = False
        program.register_lambda("parse", parsed_text)
        result = program.evaluate(None, {name: to_null(value) for name, value in bindings.items()})
    if result is None:
        raise Undefined(expression)
    return plain(result)


def failed(env, cause):
    name = StatesErrorName(typ=StatesErrorNameType.StatesQueryEvaluationError)
    details = EvaluationFailedEventDetails(cause=cause, error=name.error_name)
    event = FailureEvent(
        env=env,
        error_name=name,
        event_type=HistoryEventType.EvaluationFailed,
        event_details=EventDetails(evaluationFailedEventDetails=details),
    )
    return FailureEventException(failure_event=event)


def evaluated(self, env):
    data = env.states._states_data
    states = {
        name: data[name] for name in ("input", "context", "result", "errorOutput") if data.get(name) is not None
    }
    store = env.variable_store
    bindings = {**store._outer_scope, **store._inner_scope, "states": states}
    try:
        env.stack.append(evaluate(self.expression, bindings))
    except Undefined:
        raise failed(env, f"`{self.expression}` returned nothing (undefined)")
    except FailureEventException:
        raise
    except Exception as error:
        raise failed(env, f"`{self.expression}`: {error}")


class Silent(Exception):
    """A handler that does not answer."""


class Refused(Exception):
    """A handler that answers with an error."""


def limit(task, env):
    if task.timeout.is_default_value():
        return None
    task.timeout.eval(env=env)
    return env.stack.pop()


def read(body):
    return body if isinstance(body, dict) else json.loads(body)


def invoked(self, env, resource_runtime_part, normalised_parameters, state_credentials):
    payload = read(normalised_parameters["Payload"])
    try:
        answer = world.invoked(normalised_parameters["FunctionName"], payload)
    except Silent:
        world.clock.pass_by(limit(self, env))
        raise EvalTimeoutError()
    except Refused as refused:
        name = str(refused)
        details = TaskFailedEventDetails(error=name, cause="{}", resource="invoke", resourceType="lambda")
        event = FailureEvent(
            env=env,
            error_name=CustomErrorName(name),
            event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(taskFailedEventDetails=details),
        )
        raise FailureEventException(failure_event=event)
    env.stack.append({"StatusCode": 200, "Payload": answer})


def sent(self, env, resource_runtime_part, normalised_parameters, state_credentials):
    world.sent(read(normalised_parameters["MessageBody"]), limit(self, env), env)
    env.stack.append({"MessageId": "1"})


def waited(self, timeout_seconds, callback_endpoint):
    return world.waited(callback_endpoint)


def paused(self, env, wait_seconds):
    world.paused(wait_seconds)


def assigned(self, variable_identifier, variable_value):
    if variable_identifier == "steps":
        world.results = copy.deepcopy(variable_value)
    return original_set(self, variable_identifier, variable_value)


class Pauses:
    """Pauses between attempts pass on our clock; with jitter the longest one, as in the reference."""

    @staticmethod
    def sleep(seconds):
        world.clock.pass_by(seconds)


original_set = VariableStore.set
StringJSONata._eval_body = evaluated
StateTaskServiceLambda._eval_service_task = invoked
StateTaskServiceSqs._eval_service_task = sent
StateTaskServiceSqs._wait_for_task_token_timeout = waited
VariableStore.set = assigned
WaitFunction._wait_interval = paused
JitterStrategyDecl._eval_body = lambda self, env: None
retrier_decl.time = Pauses
timebox.Timebox.current_milli_time = staticmethod(lambda: world.clock.millis())
functions.Functions.now = staticmethod(lambda *_: world.clock.text())
functions.Functions.millis = staticmethod(lambda: world.clock.millis())


def parse(definition):
    return AmazonStateLanguageParser.parse(definition)[0]


def execute(program, workflow, name, given):
    """Runs a program to its end; gives the environment, whose state tells how it ended."""
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}"
    context = {
        "Execution": {
            "Id": f"{arn}:execution:{workflow}:{name}",
            "Input": given,
            "Name": name,
            "RoleArn": "arn:aws:iam::123456789012:role/flowgate",
            "StartTime": datetime.now(timezone.utc).isoformat(),
        },
        "StateMachine": {"Id": f"{arn}:stateMachine:{workflow}", "Name": workflow},
    }
    env = Environment(
        aws_execution_details=AWSExecutionDetails(account=ACCOUNT, region=REGION, role_arn=context["Execution"]["RoleArn"]),
        execution_type=StateMachineType.STANDARD,
        context=context,
        event_history_context=EventHistoryContext.of_program_start(),
        cloud_watch_logging_session=None,
        activity_store={},
    )

    def run():
        try:
            program.eval(env)
        except Exception as error:  # noqa: BLE001 - told to whoever waits
            world.broke(error)
        finally:
            world.ended(env)

    threading.Thread(target=run, daemon=True).start()
    return env


def success(endpoint, answer):
    return CallbackOutcomeSuccess(callback_id=endpoint.callback_id, output=json.dumps(answer))


def failure(endpoint, error):
    return CallbackOutcomeFailure(callback_id=endpoint.callback_id, error=error, cause="")
